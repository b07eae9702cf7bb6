using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>The readers of one answer, over connections that are lost.</summary>
internal static class SeededReaders
{
    /// <summary>The first reader starts the answer. Others join at the start, in the middle, and after the end.</summary>
    public static async Task<List<PersistentReader>> ReadAsync(HttpClient http, SeededAnswer answer, CancellationToken token)
    {
        var readers = new List<PersistentReader>();
        PersistentReader NewReader()
        {
            var number = readers.Count;
            readers.Add(new PersistentReader(http, attempt => SeededFaults.Of(answer.Number, number, attempt)));
            return readers[^1];
        }

        var first = NewReader();
        var reading = first.StartAsync(answer.Message, token);
        var others = new List<Task>();
        for (var more = answer.Random.Next(4); more > 0; more--)
        {
            var (frames, fromStart) = (answer.Random.Next(1, 400), answer.Random.Next(2) == 0);
            // A failed start has no frames.
            await Task.WhenAny(first.ReachedAsync(frames), reading);
            // Tokens that the server received together are one frame: there may be fewer than there were tokens.
            var from = Math.Min(answer.Random.Next(frames), first.FramesSoFar - 1);
            others.Add(NewReader().JoinAsync(first.GenerationId, fromStart ? 0 : from, token));
        }
        await reading;
        if (answer.Random.Next(3) == 0)
            others.Add(NewReader().JoinAsync(first.GenerationId, first: 0, token));
        await Task.WhenAll(others);
        return readers;
    }

    /// <summary>All of them saw the same frames, and the whole answer.</summary>
    public static void AssertSame(SeededAnswer answer, List<PersistentReader> readers)
    {
        var first = readers[0];
        Assert.That(first.Text, Is.EqualTo(answer.Text), answer.Message);
        Assert.That(first.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""), answer.Message);
        foreach (var reader in readers)
        {
            Assert.That((reader.Lost, reader.Doubled), Is.EqualTo((0, 0)), answer.Message);
            Assert.That(
                reader.Frames, Is.EqualTo(first.Frames.Skip(reader.First)), $"{answer.Message}, read from frame {reader.First}");
        }
    }
}
