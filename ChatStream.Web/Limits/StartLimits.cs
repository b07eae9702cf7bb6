using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Limits;

/// <summary>Lets answers and titles start, as far as the limits per user, per address and in all allow.</summary>
internal sealed class StartLimits(IOptions<LimitOptions> options, SharedPlaces shared, TimeProvider time)
{
    private const string Kind = "start";

    private readonly Places _places = new(time);
    private volatile Elsewhere _elsewhere = new(0, 0);

    /// <summary>What this instance runs, and has started in the last minute.</summary>
    public (int Running, int Started) Use => _places.Use(SharedPlaces.All);

    /// <summary>Takes note of what the other instances run together, and have started in the last minute.</summary>
    public void Note(int running, int started) => _elsewhere = new(running, started);

    /// <summary>Takes a place of those that run, and one of the minute.</summary>
    /// <returns>Dispose of it when the generation has ended. The place of the minute stays taken.</returns>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    public async Task<IAsyncDisposable> TakeAsync(Caller caller)
    {
        var (place, refusal) = await shared.TryTakeAsync(_places, Kind, Of(caller), spare: 0);
        if (place is not null)
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
    public async Task<IAsyncDisposable?> TryTakeSpareAsync(Caller caller) =>
        (await shared.TryTakeAsync(_places, Kind, Of(caller), spare: 1)).Place;

    private Limit[] Of(Caller caller)
    {
        var (limits, elsewhere) = (options.Value, _elsewhere);
        return Limit.Of(
            caller,
            all: new(SharedPlaces.All, limits.Running - elsewhere.Running, limits.StartsPerMinuteInAll - elsewhere.Started),
            user: new("", limits.RunningPerUser, limits.StartsPerMinute),
            address: new("", limits.RunningPerAddress, limits.StartsPerMinutePerAddress));
    }

    private sealed record Elsewhere(int Running, int Started);
}
