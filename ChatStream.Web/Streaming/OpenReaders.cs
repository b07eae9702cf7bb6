namespace ChatStream.Web.Streaming;

/// <summary>
/// The open readers of a log, and how they are woken. Adding and removing take the same time however many there are. The array
/// that a wake-up walks is made again only after the readers have changed, so waking needs no lock and a token allocates nothing.
/// </summary>
/// <param name="gate">The log's lock.</param>
internal sealed class OpenReaders(Lock gate) : IThreadPoolWorkItem
{
    /// <summary>
    /// The most readers that run on the writer's thread. More would hold up the model of the answer that they all read.
    /// </summary>
    public const int MostInline = 8;

    /// <summary>Readers woken before the pool's thread is given to other work.</summary>
    private const int Group = 64;

    // Whether a walk over the readers is on its way on a thread of the pool, and whether another must follow it.
    private const int Resting = 0;
    private const int Walking = 1;
    private const int WalkingAgain = 2;

    private readonly List<FrameReader> _readers = [];
    private volatile FrameReader[]? _all; // null: the readers have changed since it was made
    private volatile int _count;
    private int _walk;
    private FrameReader[]? _walked; // only for the walk
    private int _next;

    public int Count => _count;

    /// <summary>The caller holds the lock.</summary>
    public void Add(FrameReader reader)
    {
        reader.Slot = _readers.Count;
        _readers.Add(reader);
        Changed();
    }

    /// <summary>Removes a reader. The caller holds the lock.</summary>
    /// <returns>False if it has been removed already.</returns>
    public bool Remove(FrameReader reader)
    {
        if (reader.Slot < 0)
            return false;
        var last = _readers[^1];
        (_readers[reader.Slot], last.Slot) = (last, reader.Slot);
        _readers.RemoveAt(_readers.Count - 1);
        reader.Slot = -1;
        Changed();
        return true;
    }

    /// <summary>True if the client of every open reader has disconnected. The caller holds the lock.</summary>
    public bool AreGone() => _readers.TrueForAll(static reader => reader.Gone.IsCancellationRequested);

    /// <summary>
    /// Wakes the waiting readers: a few on the calling thread, many on a thread of the pool. The caller must hold no lock.
    /// </summary>
    public void Wake()
    {
        var readers = All();
        if (readers.Length > MostInline)
        {
            WakeElsewhere();
            return;
        }
        foreach (var reader in readers)
            reader.Wake(inline: true);
    }

    /// <summary>
    /// Wakes the waiting readers one after another on a thread of the pool. What is asked for during a walk is one more walk.
    /// </summary>
    public void WakeElsewhere()
    {
        if (_count == 0)
            return;
        int walk;
        do
            walk = Volatile.Read(ref _walk);
        // Even if another walk follows already, do the exchange: it publishes the writer's earlier bytes to that walk.
        while (Interlocked.CompareExchange(ref _walk, walk == Resting ? Walking : WalkingAgain, walk) != walk);
        if (walk == Resting)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Wakes each waiting reader on its own thread of the pool.</summary>
    public void WakeApart()
    {
        foreach (var reader in All())
            reader.Wake(inline: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        var readers = _walked ??= All();
        for (var end = Math.Min(_next + Group, readers.Length); _next < end; _next++)
            readers[_next].Wake(inline: true);
        if (_next == readers.Length)
        {
            (_walked, _next) = (null, 0);
            if (Interlocked.CompareExchange(ref _walk, Resting, Walking) == Walking)
                return;
            Interlocked.Exchange(ref _walk, Walking);
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private FrameReader[] All() => _all ?? Gather();

    private FrameReader[] Gather()
    {
        lock (gate)
            return _all ??= [.. _readers];
    }

    private void Changed() => (_all, _count) = (null, _readers.Count);
}
