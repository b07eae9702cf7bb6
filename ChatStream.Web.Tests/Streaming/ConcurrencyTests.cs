using System.Buffers;
using ChatStream.Web.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

[CancelAfter(60_000)]
internal sealed class ConcurrencyTests
{
    [TestCase(1, 5)]
    [TestCase(2, 64)]
    [TestCase(3, 64)]
    [TestCase(4, 200)]
    public async Task Readers_that_open_at_any_time_get_the_bytes_of_the_log(int seed, int readers)
    {
        const int frames = 3_000;
        var random = new Random(seed);
        var lengths = Enumerable.Range(0, frames)
            .Select(_ => random.Next(100) == 0 ? random.Next(20_000) : random.Next(40)).ToArray();
        var limits = Enumerable.Range(0, readers).Select(_ => random.Next(1, 40_000)).ToArray();
        var comesAt = Enumerable.Range(0, readers).Select(_ => random.Next(frames)).Order().ToArray();
        var startsAt = comesAt.Select(at => random.Next(at + 1)).ToArray();

        var log = new FrameLog("g.", MemoryPool<byte>.Shared);
        var reading = new List<Task<string>>();
        for (var n = 0; n < frames; n++)
        {
            log.AppendText(new string((char)('a' + (n % 26)), lengths[n]));
            while (reading.Count < readers && comesAt[reading.Count] == n)
            {
                var (from, limit) = (startsAt[reading.Count], limits[reading.Count]);
                reading.Add(Task.Run(() => ReadAsync(log, from, limit)));
            }
        }
        log.Complete();
        var read = await Task.WhenAll(reading).WaitAsync(TestContext.CurrentContext.CancellationToken);

        Assert.That(read, Has.Length.EqualTo(readers));
        for (var i = 0; i < readers; i++)
        {
            using var again = log.OpenReader(startsAt[i], CancellationToken.None);
            Assert.That(read[i] == again.TakeText(), Is.True, $"reader {i} from frame {startsAt[i]}");
        }
        Assert.That(log.HasReaders, Is.False);
    }

    private static async Task<string> ReadAsync(FrameLog log, int from, int limit)
    {
        using var reader = log.OpenReader(from, CancellationToken.None);
        return await reader.TakeAllAsync(limit);
    }
}
