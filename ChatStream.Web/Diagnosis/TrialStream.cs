using System.Buffers;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Diagnosis;

/// <summary>
/// A stream that carries no answer. A browser finds out by it what the proxies on the way do to streams. It is read like an
/// answer, through a <see cref="FrameLog"/>, so it meets all that an answer meets.
/// </summary>
internal sealed class TrialStream
{
    /// <summary>How many events a steady one has.</summary>
    public const int Events = 40;

    /// <summary>The time between two of them.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);

    private readonly FrameLog _frames;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _hasLeft;

    public TrialStream(MemoryPool<byte> memory, TimeProvider time)
    {
        (Id, _time) = (Ids.New(), time);
        _frames = new FrameLog($"{Id}.", memory) { LastReaderLeft = ReaderLeft };
        EndedAt = long.MaxValue;
    }

    public string Id { get; }

    /// <summary>The time stamp of its end.</summary>
    public long EndedAt { get; private set; }

    /// <summary>One of the states of <see cref="TrialStatePayload"/>.</summary>
    public string State => _hasLeft ? "left" : _frames.IsComplete ? "ended" : "open";

    /// <summary>Appends the first frame, and opens the only reader.</summary>
    public FrameReader Open(TrialStartPayload start, CancellationToken readerGone)
    {
        _frames.Append("start"u8, start, WireJson.Wire.TrialStartPayload);
        return _frames.OpenReader(0, readerGone);
    }

    /// <summary>Appends events, or waits, until it ends by itself, is stopped, or its reader has left.</summary>
    /// <param name="kind">What it sends.</param>
    /// <param name="longest">How long a silent one lasts.</param>
    /// <param name="stopping">Cancelled when the process stops.</param>
    public async Task RunAsync(TrialKind kind, TimeSpan longest, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var sending = kind == TrialKind.Steady ? SendAsync(over.Token) : Task.Delay(longest, _time, over.Token);
        await Task.WhenAny(sending, _stopped.Task);
        End(sending.IsCompletedSuccessfully);
        await over.CancelAsync();
    }

    /// <summary>Ends it. Its reader is told so. Does nothing if it has ended.</summary>
    public void Stop() => _stopped.TrySetResult();

    private async Task SendAsync(CancellationToken over)
    {
        var start = _time.GetTimestamp();
        using var timer = new PeriodicTimer(Every, _time);
        for (var n = 1; n <= Events && await timer.WaitForNextTickAsync(over); n++)
        {
            var at = Math.Round(_time.GetElapsedTime(start).TotalMilliseconds, 1);
            lock (_frames.Gate)
            {
                if (_frames.IsComplete)
                    return;
                _frames.Append(""u8, new TrialEventPayload(n, at), WireJson.Wire.TrialEventPayload);
            }
            _frames.Flush();
        }
    }

    private void End(bool byItself)
    {
        EndedAt = _time.GetTimestamp();
        lock (_frames.Gate)
        {
            _frames.Append("stop"u8, byItself ? "over"u8 : "stopped"u8);
            _frames.Complete();
        }
        _frames.Release();
    }

    private void ReaderLeft()
    {
        if (_frames.IsComplete)
            return;
        _hasLeft = true;
        Stop();
    }
}
