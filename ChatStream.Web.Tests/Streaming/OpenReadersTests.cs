using System.Buffers;
using ChatStream.Web.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>Where the readers of one log are woken, and what a reader costs beside many others.</summary>
[CancelAfter(60_000)]
internal sealed class OpenReadersTests
{
    private FrameLog _log;

    [SetUp]
    public void New() => _log = new FrameLog("g.", MemoryPool<byte>.Shared);

    [TestCase(1, true)]
    [TestCase(OpenReaders.MostInline, true)]
    [TestCase(OpenReaders.MostInline + 1, false)]
    [TestCase(500, false)]
    public async Task Only_a_few_readers_run_on_the_writers_thread(int readers, bool inline)
    {
        var woken = Enumerable.Range(0, readers).Select(_ => WokenOnAsync(_log)).ToList();
        var writers = 0;
        // A thread of its own, because one of the pool might run readers afterwards.
        var writer = new Thread(() =>
        {
            writers = Environment.CurrentManagedThreadId;
            _log.AppendText("a");
        });
        writer.Start();
        writer.Join();

        var threads = await Task.WhenAll(woken).WaitAsync(TestContext.CurrentContext.CancellationToken);
        Assert.That(threads, inline ? Is.All.EqualTo(writers) : Has.None.EqualTo(writers));
    }

    [Test]
    public async Task Each_of_many_readers_is_woken_for_the_last_frame_however_fast_frames_come()
    {
        const int frames = 500;
        var reading = Enumerable.Range(0, 300).Select(_ => Task.Run(async () =>
        {
            using var reader = _log.OpenReader(0, CancellationToken.None);
            var seen = 0;
            // It does not see the end of the log, so a wake-up that is lost would leave it waiting.
            while ((seen += reader.TakeItems().Count) < frames)
                await reader.WaitAsync();
            return seen;
        })).ToList();
        for (var n = 0; n < frames; n++)
            _log.AppendText("a");

        Assert.That(await Task.WhenAll(reading).WaitAsync(TestContext.CurrentContext.CancellationToken), Is.All.EqualTo(frames));
        Assert.That(_log.ReaderCount, Is.Zero);
    }

    [Test]
    public void A_reader_costs_the_same_beside_ten_thousand_others()
    {
        var open = Enumerable.Range(0, 10_000).Select(_ => _log.OpenReader(0, CancellationToken.None)).ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < 100; n++)
            _log.OpenReader(0, CancellationToken.None).Dispose();

        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 100, Is.LessThan(1_000), "bytes for each");
        open.ForEach(reader => reader.Dispose());
        Assert.That((_log.ReaderCount, _log.HasReaders), Is.EqualTo((0, false)));
    }

    [Test]
    public void Readers_leave_in_any_order()
    {
        var random = new Random(1);
        var open = new List<FrameReader>();
        for (var n = 0; n < 2_000; n++)
        {
            if (open.Count == 0 || random.Next(2) == 0)
            {
                open.Add(_log.OpenReader(0, CancellationToken.None));
            }
            else
            {
                var at = random.Next(open.Count);
                open[at].Dispose();
                open[at].Dispose();
                open.RemoveAt(at);
            }
            Assert.That(_log.ReaderCount, Is.EqualTo(open.Count));
        }
    }

    private static async Task<int> WokenOnAsync(FrameLog log)
    {
        using var reader = log.OpenReader(0, CancellationToken.None);
        await reader.WaitAsync().ConfigureAwait(false); // as in a request, which has no context to go back to
        return Environment.CurrentManagedThreadId;
    }
}
