using System.Buffers;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Limits;
using ChatStream.Web.Storage;
using ChatStream.Web.Streaming;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Diagnosis;

internal sealed class TrialStreams(
    Instance own, IInstances instances, IOptions<LimitOptions> limits, IOptions<StreamingOptions> streaming,
    MemoryPool<byte> memory, TimeProvider time, IHostApplicationLifetime lifetime) : ITrials
{
    /// <summary>How long the state of an ended one can be asked for.</summary>
    private static readonly TimeSpan Known = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Places _places = new(time);
    private readonly Dictionary<string, TrialStream> _ofUsers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public TimeSpan Silence => 2.5 * streaming.Value.KeepAlive;

    /// <inheritdoc/>
    public FrameReader Start(Caller caller, TrialKind kind, TrialRequestPayload request, CancellationToken readerGone)
    {
        var keepAlive = streaming.Value.KeepAlive;
        var stream = new TrialStream(memory, time);
        lock (_gate)
        {
            if (_ofUsers.Remove(caller.Owner.Id, out var earlier))
                earlier.Stop();
            Forget();
            if (_places.TryTake(Of(caller), spare: 0, out var refusal) is not { } place)
                throw refusal!.Refuse("too_many_trials", "Too many connections are being measured.");
            _ofUsers[caller.Owner.Id] = stream;
            var (events, every) = kind == TrialKind.Steady ? (TrialStream.Events, TrialStream.Every) : default;
            var start = new TrialStartPayload(
                stream.Id, own.Id, events, (int)every.TotalMilliseconds, keepAlive.TotalSeconds, request);
            var reader = stream.Open(start, readerGone);
            // The client watches a silence, then leaves, and asks until two more comments could have told that it has left.
            using (ExecutionContext.SuppressFlow())
                _ = Task.Run(() => RunAsync(stream, kind, 6 * keepAlive, place), CancellationToken.None);
            return reader;
        }
    }

    /// <inheritdoc/>
    public TrialStatePayload StateOf(Owner owner, string id, string? instance) => new(Find(owner, id, instance).State);

    /// <inheritdoc/>
    public void EndStream(Owner owner, string id, string? instance) => Find(owner, id, instance).Stop();

    private TrialStream Find(Owner owner, string id, string? instance)
    {
        if (instance is not null && instance != own.Id
            && instances.Known.FirstOrDefault(row => row.Id == instance) is { } other)
            throw new RunsElsewhereException(other);
        lock (_gate)
        {
            return _ofUsers.GetValueOrDefault(owner.Id) is { } stream && stream.Id == id
                ? stream
                : throw new RefusedException(404, field: null, "There is no such stream.");
        }
    }

    private async Task RunAsync(TrialStream stream, TrialKind kind, TimeSpan longest, Places.Place place)
    {
        using var taken = place;
        await stream.RunAsync(kind, longest, lifetime.ApplicationStopping);
    }

    private Limit[] Of(Caller caller)
    {
        var most = limits.Value;
        return Limit.Of(
            caller,
            all: new(SharedPlaces.All, most.TrialsAtOnce),
            user: new("", PerMinute: most.TrialsPerMinute),
            address: new("", most.TrialsAtOncePerAddress));
    }

    private void Forget()
    {
        var now = time.GetTimestamp();
        foreach (var (user, stream) in _ofUsers)
        {
            if (stream.EndedAt < now && time.GetElapsedTime(stream.EndedAt, now) > Known)
                _ofUsers.Remove(user);
        }
    }
}
