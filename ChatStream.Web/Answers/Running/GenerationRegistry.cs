using System.Collections.Concurrent;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Running;

/// <summary>
/// The generations that run, and the ended ones whose logs are still in memory. The ended ones are bounded in count, bytes and
/// time. An answer that has left the registry is served from the database.
/// </summary>
internal sealed class GenerationRegistry(IOptions<GenerationOptions> options, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, Generation> _byId = new(StringComparer.Ordinal);
    // Those that are not kept yet. The ended ones may be thousands, and checkpoints look at these four times a second.
    private readonly ConcurrentDictionary<string, Generation> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _left = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Queue<(Generation Generation, long EndedAt)> _ended = new();
    private ITimer? _sweep;
    private long _endedBytes;

    /// <summary>
    /// The generations that are not closed. Enumerated without a copy, because checkpoints ask four times a second.
    /// </summary>
    public IEnumerable<Generation> Running
    {
        get
        {
            foreach (var (_, generation) in _running)
            {
                if (!generation.Closed.IsCompleted)
                    yield return generation;
            }
        }
    }

    /// <summary>The owner's generation with this id; null where there is none, or where it belongs to another.</summary>
    public Generation? Find(Owner owner, string id) =>
        _byId.TryGetValue(id, out var generation) && generation.Owner == owner ? generation : null;

    /// <summary>The owner of the generation with this id; null where there is none.</summary>
    public Owner? OwnerOf(string id) => _byId.TryGetValue(id, out var generation) ? generation.Owner : null;
    /// <summary>Whether a generation with this id, of any owner, is not closed.</summary>
    public bool IsRunning(string id) => _byId.TryGetValue(id, out var generation) && !generation.Closed.IsCompleted;

    /// <summary>Whether this process has left an answer for another one, because it stops.</summary>
    public bool IsLeft(string id) => _left.ContainsKey(id);

    /// <summary>Leaves an answer for another process. Its readers are let go.</summary>
    public void Leave(Generation generation)
    {
        _left[generation.Id] = true; // first: from then on nobody takes it for an orphan
        generation.GiveUp();
        Remove(generation);
        generation.Leave();
    }

    /// <summary>
    /// Drops a generation whose answer another process has, so that what is asked about it is asked of the database. Its log goes
    /// with its last reader.
    /// </summary>
    public void Drop(Generation generation)
    {
        generation.GiveUp(); // before the look at its state: its runner looks the other way round
        Remove(generation);
        if (generation.Closed.IsCompleted)
            generation.Dispose();
    }

    /// <summary>Adds a generation. One of the same answer gives way: it has ended here, and was taken over again since.</summary>
    public void Add(Generation generation) => _byId[generation.Id] = _running[generation.Id] = generation;

    /// <summary>Removes a generation that never began.</summary>
    public void Withdraw(Generation generation)
    {
        Remove(generation);
        generation.Dispose();
    }

    /// <summary>Removes the ended generations of a conversation that was deleted.</summary>
    public void RemoveEnded(Owner owner, string conversationId)
    {
        foreach (var (id, generation) in _byId)
        {
            if (generation.Owner == owner && generation is { Begun.IsCompletedSuccessfully: true, Closed.IsCompleted: true }
                && generation.Start.ConversationId == conversationId)
                _byId.TryRemove(id, out _);
        }
    }

    /// <summary>Keeps an ended generation as long as there is room. After that its memory is released.</summary>
    public void Keep(Generation generation)
    {
        _running.TryRemove(new KeyValuePair<string, Generation>(generation.Id, generation));
        lock (_gate)
        {
            _ended.Enqueue((generation, time.GetTimestamp()));
            _endedBytes += generation.Frames.Bytes;
            Trim();
            _sweep ??= time.CreateTimer(static registry => ((GenerationRegistry)registry!).Sweep(), this, SweepEvery, SweepEvery);
        }
    }

    public void Dispose() => _sweep?.Dispose();

    private TimeSpan SweepEvery => TimeSpan.FromSeconds(Math.Clamp(options.Value.KeepEndedFor.TotalSeconds / 4, 1, 60));

    private void Sweep()
    {
        lock (_gate)
            Trim();
    }

    private void Trim()
    {
        var limits = options.Value;
        while (_ended.TryPeek(out var oldest)
            && (_ended.Count > limits.KeepEndedCount || _endedBytes > limits.KeepEndedBytes
                || time.GetElapsedTime(oldest.EndedAt) >= limits.KeepEndedFor))
        {
            _ended.Dequeue();
            _endedBytes -= oldest.Generation.Frames.Bytes;
            Remove(oldest.Generation);
            oldest.Generation.Dispose();
        }
    }

    private void Remove(Generation generation)
    {
        var entry = new KeyValuePair<string, Generation>(generation.Id, generation);
        _byId.TryRemove(entry);
        _running.TryRemove(entry);
    }
}
