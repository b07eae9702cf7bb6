using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Limits;

/// <summary>Lets imports begin, as far as the limits per user, per address and in all allow.</summary>
internal sealed class ImportLimits(IOptions<LimitOptions> options, TimeProvider time)
{
    private readonly Places _places = new(time);

    /// <returns>Dispose of it when the import is stored or refused. The place of the minute stays taken.</returns>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    public IDisposable Take(Caller caller)
    {
        if (_places.TryTake(Of(caller), spare: 0, out var refusal) is { } place)
            return place;
        throw refusal!.Refuse("too_many_imports", refusal.IsMinuteFull
            ? "Too many conversations were imported in the last minute."
            : "Too many conversations are being imported.");
    }

    private Limit[] Of(Caller caller)
    {
        var limits = options.Value;
        return Limit.Of(
            caller,
            all: new("all", limits.ImportsAtOnce),
            user: new("", limits.ImportsAtOncePerAddress, limits.ImportsPerMinute),
            address: new("", limits.ImportsAtOncePerAddress, limits.ImportsPerMinutePerAddress));
    }
}
