namespace ChatStream.Web.Storage;

/// <summary>
/// The time of day that the instances of a database have in common: that of this host, moved to the database's clock where the
/// two differ. Timers and durations are this host's.
/// </summary>
internal sealed partial class DatabaseTime(TimeProvider host, ILogger<DatabaseTime> logger) : TimeProvider
{
    /// <summary>
    /// By how much a host's clock may differ and still counts as right. To follow each millisecond would make it jump.
    /// </summary>
    private static readonly TimeSpan Tolerated = TimeSpan.FromMilliseconds(100);

    private long _moved;

    public override TimeZoneInfo LocalTimeZone => host.LocalTimeZone;

    public override long TimestampFrequency => host.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => host.GetUtcNow().AddTicks(Interlocked.Read(ref _moved));

    public override long GetTimestamp() => host.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        host.CreateTimer(callback, state, dueTime, period);

    /// <summary>Takes note of what the database's clock says.</summary>
    /// <param name="told">What it said, at some time since it was asked.</param>
    /// <param name="asked">The timestamp from before it was asked.</param>
    public void Note(DateTimeOffset told, long asked)
    {
        // What it said may be as old as the question, or new.
        var half = host.GetElapsedTime(asked) / 2;
        var difference = told + half - host.GetUtcNow();
        var moved = new TimeSpan(Interlocked.Read(ref _moved));
        var off = (difference - moved).Duration();
        if (off <= (moved == TimeSpan.Zero ? Tolerated + half : half))
            return;
        Interlocked.Exchange(ref _moved, difference.Ticks);
        if (off > Tolerated)
            Log.Moved(logger, difference);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "The database's clock differs from this host's by {Difference}. The database's counts.")]
        public static partial void Moved(ILogger logger, TimeSpan difference);
    }
}
