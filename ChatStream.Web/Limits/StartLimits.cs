using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Limits;

/// <summary>Lets answers and titles start, as far as the limits per user, per address and in all allow.</summary>
internal sealed class StartLimits(IOptions<LimitOptions> options, TimeProvider time)
{
    private readonly Places _places = new(time);

    /// <summary>Takes a place of those that run, and one of the minute.</summary>
    /// <returns>Dispose of it when the generation has ended. The place of the minute stays taken.</returns>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    public IDisposable Take(Caller caller)
    {
        if (_places.TryTake(Of(caller), spare: 0, out var refusal) is { } place)
            return place;
        throw refusal!.IsMinuteFull
            ? refusal.Refuse("too_many_starts", "Too many answers were started in the last minute.")
            : refusal.Refuse("too_many_running", "Too many answers are running.");
    }

    /// <summary>
    /// Takes a place for a call of the model that the user did not ask for. It never takes the last one: the user's next message
    /// must not be refused because of it.
    /// </summary>
    /// <returns>Null where there is none.</returns>
    public IDisposable? TryTakeSpare(Caller caller) => _places.TryTake(Of(caller), spare: 1, out _);

    private Limit[] Of(Caller caller)
    {
        var limits = options.Value;
        return Limit.Of(
            caller,
            all: new("all", limits.Running, limits.StartsPerMinuteInAll),
            user: new("", limits.RunningPerUser, limits.StartsPerMinute),
            address: new("", limits.RunningPerAddress, limits.StartsPerMinutePerAddress));
    }
}
