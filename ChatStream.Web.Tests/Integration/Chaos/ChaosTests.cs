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
            readers[answer.Number] = await SeededReaders.ReadAsync(throughProxy.Http, answer, token));

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
            SeededReaders.AssertSame(answer, readers[answer.Number]);
        Assert.That(
            emulator.Requests.Select(request => request.LastUserMessage), Is.EquivalentTo(scripts.Keys), "each asked for once");
        Assert.That(all.Count(reader => reader.Connections > 1), Is.GreaterThan(all.Count / 2), "the proxy did its work");
    }
}
