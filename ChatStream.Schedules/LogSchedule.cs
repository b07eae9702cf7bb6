using System.Buffers;
using ChatStream.Web.Streaming;
using Microsoft.Coyote.Random;
using ThreadPool = ChatStream.Web.Streaming.ThreadPool;

namespace ChatStream.Schedules;

/// <summary>
/// One thread appends, others open, read, disconnect and close, and one releases the log. Each reader that stays gets every frame
/// from its first one on, and nothing waits for ever.
/// </summary>
internal static class LogSchedule
{
    private const int Frames = 3;

    public static async Task RunAsync()
    {
        var random = Generator.Create();
        var holdsBack = random.NextBoolean();
        // So many that they are woken elsewhere, in some of the schedules.
        var readers = random.NextInteger(4) == 0 ? OpenReaders.MostInline + 2 : 2;
        var log = new FrameLog("g.", MemoryPool<byte>.Shared, holdsBack);
        var (came, left) = (0, 0);
        log.FirstReaderCame = () => Interlocked.Increment(ref came);
        log.LastReaderLeft = () => Interlocked.Increment(ref left);

        var caughtUp = Enumerable.Range(0, readers).Select(_ => new TaskCompletionSource()).ToList();
        var reading = caughtUp.Select(each => Task.Run(() => ReadAsync(log, random.NextInteger(2), each))).ToList();
        reading.Add(Task.Run(() => LeaveAsync(log)));
        // The end of the log wakes the readers too. In some schedules it waits until the last frame has woken them all.
        var last = random.NextBoolean() ? Task.WhenAll(caughtUp.Select(each => each.Task)) : Task.CompletedTask;
        var writing = Task.Run(() => WriteAsync(log, random, last));
        await writing;
        await Task.WhenAll(reading);
        await log.Unread;
        await ThreadPool.DoneAsync();

        Check.That(!log.HasReaders, "a reader was not removed");
        Check.That(came == left, $"the first reader came {came} times, the last one left {left} times");
        Check.That(log.Count == Frames, $"{log.Count} frames");
    }

    private static async Task WriteAsync(FrameLog log, Generator random, Task last)
    {
        for (var n = 0; n < Frames; n++)
        {
            log.AppendText(default, "a");
            log.Flush();
            if (random.NextBoolean())
                log.ShowAll();
        }
        log.ShowAll();
        await last;
        log.Complete();
        log.Release();
    }

    private static async Task ReadAsync(FrameLog log, int from, TaskCompletionSource caughtUp)
    {
        from = Math.Min(from, log.ShownCount);
        if (log.TryOpenReader(from, default) is not { } opened)
            return;
        using var reader = opened;
        var seen = new SeenFrames(from);
        await seen.ReadAsync(reader, taken =>
        {
            if (taken.Next == Frames)
                caughtUp.TrySetResult();
        });
        Check.That(seen.Next == Frames, $"{seen.Next} frames were read");
    }

    private static async Task LeaveAsync(FrameLog log)
    {
        using var gone = new CancellationTokenSource();
        if (log.TryOpenReader(0, gone.Token) is not { } opened)
            return;
        using var reader = opened;
        var leaving = Task.Run(gone.Cancel);
        await new SeenFrames(0).ReadAsync(reader, static _ => { });
        await leaving;
    }
}
