using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Limits;

/// <summary>Lets imports begin, as far as the limits per user, per address and in all allow.</summary>
internal sealed class ImportLimits(IOptions<LimitOptions> options, SharedPlaces shared, TimeProvider time)
{
    private readonly Places _places = new(time);
    private readonly Places _files = new(time);

    /// <returns>Dispose of it when the import is stored or refused. The place of the minute stays taken.</returns>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    public async Task<IAsyncDisposable> TakeAsync(Caller caller)
    {
        var (place, refusal) = await shared.TryTakeAsync(_places, "import", Of(caller), spare: 0);
        if (place is not null)
            return place;
        throw refusal!.Refuse("too_many_imports", refusal.IsMinuteFull
            ? "Too many conversations were imported in the last minute."
            : "Too many conversations are being imported.");
    }

    /// <summary>Takes a place of the minute for a file of an import. Files of imports are no uploads, and cost as much.</summary>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    public async Task TakeFileAsync(Owner owner)
    {
        var (place, refusal) = await shared.TryTakeAsync(
            _files, "imported file", [new(owner.Id, PerMinute: options.Value.ImportedFilesPerMinute)], spare: 0);
        if (place is null)
            throw refusal!.Refuse("too_many_imports", "Too many files were imported in the last minute.");
        await place.DisposeAsync();
    }

    private Limit[] Of(Caller caller)
    {
        var limits = options.Value;
        return Limit.Of(
            caller,
            all: new(SharedPlaces.All, limits.ImportsAtOnce),
            user: new("", limits.ImportsAtOncePerAddress, limits.ImportsPerMinute),
            address: new("", limits.ImportsAtOncePerAddress, limits.ImportsPerMinutePerAddress));
    }
}
