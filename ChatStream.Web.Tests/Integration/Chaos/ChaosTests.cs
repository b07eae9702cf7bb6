using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>Many answers run through a proxy that cuts, stalls and splits connections. The readers reconnect.</summary>
internal sealed class ChaosTests
{
    private const int Generations = 200;

    private const int AtOnce = 24;

    private static int[] Seeds => Soak.IsOn ? [1, 2, 3, 4, 5] : [1];

    [TestCaseSource(nameof(Seeds))]
    [CancelAfter(300_000)]
    public async Task Every_reader_gets_every_word_once_despite_lost_connections(int seed, CancellationToken timeout)
    {
        var answers = Enumerable.Range(0, Generations).Select(n => SeededAnswer.Make(seed, n)).ToList();
        var scripts = answers.ToDictionary(answer => answer.Message, answer => answer.Script);
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        emulator.On(request => scripts[request.LastUserMessage]);
        await using var app = await ChatApp.StartAsync(emulator);
        await using var proxy = FaultProxy.Start(app.Address, new SeededFaults(seed).Choose);
        using var user = app.NewUser();
        await user.IdentifyAsync();
        using var throughProxy = new ChatClient(proxy.Address, user.Cookies);
        var watch = Stopwatch.StartNew();

        var readers = new List<PersistentReader>[answers.Count];
        await Parallel.ForEachAsync(
            answers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = timeout },
            async (answer, token) =>
            readers[answer.Number] = await ReadAsync(throughProxy.Http, answer, token));

        var all = readers.SelectMany(each => each).ToList();
        Soak.Report($"chaos-{seed}", new
        {
            seed,
            generations = answers.Count,
            readers = all.Count,
            characters = answers.Sum(answer => (long)answer.Text.Length),
            connections = all.Sum(reader => reader.Connections),
            connectionsCut = proxy.Exchanges.Count(exchange => exchange.Cut.IsCompletedSuccessfully),
            framesChecked = all.Sum(reader => reader.Frames.Count),
            lost = all.Sum(reader => reader.Lost),
            doubled = all.Sum(reader => reader.Doubled),
            seconds = Math.Round(watch.Elapsed.TotalSeconds, 1),
        });
        foreach (var answer in answers)
            AssertSame(answer, readers[answer.Number]);
        Assert.That(
            emulator.Requests.Select(request => request.LastUserMessage), Is.EquivalentTo(scripts.Keys), "each asked for once");
        Assert.That(all.Count(reader => reader.Connections > 1), Is.GreaterThan(all.Count / 2), "the proxy did its work");
    }

    // The first reader starts the answer. Others join at the start, in the middle, and after the end.
    private static async Task<List<PersistentReader>> ReadAsync(HttpClient http, SeededAnswer answer, CancellationToken token)
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

    private static void AssertSame(SeededAnswer answer, List<PersistentReader> readers)
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
