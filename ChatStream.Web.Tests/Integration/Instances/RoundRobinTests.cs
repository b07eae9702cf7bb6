using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Chaos;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>
/// Many answers through nginx, which sends each request to the next of three instances, over connections that are cut.
/// </summary>
[NonParallelizable] // An instance that cannot reach another in time tells what is stored, and here each frame is asked for.
internal sealed class RoundRobinTests
{
    private const int AtOnce = 24;

    private static int Generations => Soak.IsOn ? 400 : 60;

    [Test]
    [CancelAfter(300_000)]
    public async Task Every_reader_gets_every_word_once_wherever_it_lands(CancellationToken timeout)
    {
        var answers = Enumerable.Range(0, Generations).Select(n => SeededAnswer.Make(seed: 7, n)).ToList();
        var scripts = answers.ToDictionary(answer => answer.Message, answer => answer.Script);
        await using var group = await InstanceGroup.StartAsync(3, timeout);
        group.Emulator.On(request => scripts[request.LastUserMessage]);
        await using var nginx = await group.StartNginxAsync();
        await using var proxy = FaultProxy.Start(nginx.Address, new SeededFaults(7).Choose);
        using var user = new ChatClient(nginx.Address);
        await user.IdentifyAsync();
        using var throughProxy = new ChatClient(proxy.Address, user.Cookies);

        var readers = new List<PersistentReader>[answers.Count];
        await Parallel.ForEachAsync(
            answers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = timeout },
            async (answer, token) => readers[answer.Number] = await SeededReaders.ReadAsync(throughProxy.Http, answer, token));

        var all = readers.SelectMany(each => each).ToList();
        Soak.Report("instances-round-robin", new
        {
            generations = answers.Count,
            readers = all.Count,
            connections = all.Sum(reader => reader.Connections),
            framesChecked = all.Sum(reader => reader.Frames.Count),
            lost = all.Sum(reader => reader.Lost),
            doubled = all.Sum(reader => reader.Doubled),
        });
        foreach (var answer in answers)
            SeededReaders.AssertSame(answer, readers[answer.Number]);
        Assert.That(
            group.Emulator.Requests.Select(request => request.LastUserMessage), Is.EquivalentTo(scripts.Keys),
            "each asked for once");
        Assert.That(all.Count(reader => reader.Connections > 1), Is.GreaterThan(all.Count / 2), "the proxy did its work");
    }
}
