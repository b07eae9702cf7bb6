using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>Instances whose hosts have other clocks than the database: half a minute ahead, and ten minutes behind.</summary>
internal sealed class WrongClocksTests
{
    private InstanceGroup _group = null!;
    private ChatClient[] _user = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _group = await InstanceGroup.StartAsync(1, CancellationToken.None);
        await _group.AddAsync(1, settings: StartupHook.Settings(TimeSpan.FromSeconds(30)));
        await _group.AddAsync(1, settings: StartupHook.Settings(TimeSpan.FromMinutes(-10)));
        await Task.WhenAll(_group.Processes.Select(process => process.LineAsync(" 3 instances are alive.")));
        foreach (var process in _group.Processes.Skip(1))
            await process.LineAsync("The database's clock differs from this host's by ");
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _group.DisposeAsync();

    [SetUp]
    public async Task ArriveAsync()
    {
        var first = await _group.NewUserAsync(0);
        _user = [first, _group.At(1, first), _group.At(2, first)];
    }

    [TearDown]
    public void Leave()
    {
        foreach (var user in _user)
            user.Dispose();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Each_forwards_to_each_while_the_answer_runs_and_after_it([Range(0, 2)] int owner, CancellationToken timeout)
    {
        var gate = new Gate();
        _group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done());
        await using var here = await _user[owner].StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        var others = _user.Where((_, number) => number != owner).ToList();

        var running = await Task.WhenAll(
            others.Select(user => user.AttachAsync(here.GenerationId, cancellationToken: timeout)));
        foreach (var there in running)
            await there.UntilTextAsync("so far");
        gate.Open();
        await Task.WhenAll(running.Append(here).Select(stream => stream.ToEndAsync())).WaitAsync(timeout);
        var ended = await Task.WhenAll(others.Select(async user =>
            await (await user.AttachAsync(here.GenerationId, cancellationToken: timeout)).ToEndAsync()));

        Assert.That(running.Concat(ended).Select(stream => stream.Frames), Is.All.EqualTo(here.Frames));
        foreach (var stream in running.Concat(ended))
            await stream.DisposeAsync();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_identical_get_is_known_as_one([Range(0, 2)] int first, CancellationToken timeout)
    {
        var before = _group.Emulator.Requests.Count;
        var gate = new Gate();
        _group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        HttpRequestMessage Get() => new(HttpMethod.Get, "/chat/stream?message=Lost")
        {
            Headers = { { "Accept", "text/event-stream" } },
        };
        var here = await _user[first].StreamAsync(Get(), timeout);
        await here.UntilTextAsync("so far");
        await here.DisposeAsync();

        await using var there = await _user[(first + 1) % 3].StreamAsync(Get(), timeout);
        gate.Open();
        await there.ToEndAsync();

        Assert.That(there.GenerationId, Is.EqualTo(here.GenerationId));
        Assert.That(_group.Emulator.Requests, Has.Count.EqualTo(before + 1));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task What_came_later_stands_first(CancellationToken timeout)
    {
        int[] order = [2, 1, 2, 0, 1, 0, 2];
        foreach (var number in order)
            await _user[number].AskAsync($"At {number}");

        var (_, list) = await _user[0].JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/conversations"));

        Assert.That(
            list.GetProperty("conversations").EnumerateArray().Select(row => row.GetProperty("title").GetString()),
            Is.EqualTo(order.Reverse().Select(number => $"At {number}")));
    }
}
