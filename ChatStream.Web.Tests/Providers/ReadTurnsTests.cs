using System.Globalization;
using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.AzureStream;

namespace ChatStream.Web.Tests.Providers;

/// <summary>Streams that are read in turns, because the processor is full.</summary>
[CancelAfter(30_000)]
internal sealed class ReadTurnsTests
{
    private readonly WatchedTime _time = new();
    private FedBody _body;
    private ReadTurns _turns;

    private static CancellationToken Timeout => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public void Make() => (_turns, _body) = (new ReadTurns(_time), new FedBody());

    [TearDown]
    public void Drop() => _turns.Dispose();

    [TestCase("", 0)]
    [TestCase("9", 0, Description = "not so long that it would say anything")]
    [TestCase("11", 10)]
    [TestCase("11 11 11", 30)]
    [TestCase("11 11 11 9", 30)]
    [TestCase("11 11 11 1", 28)]
    [TestCase("11 1 1 1 1 1 1", 0)]
    [TestCase("99 99 99 99 99 99 99 99 99 99 99 99", 100)]
    public void Reads_are_the_farther_apart_the_longer_work_waits_too_long(string waits, int apart)
    {
        foreach (var wait in waits.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            _turns.Observe(TimeSpan.FromMilliseconds(int.Parse(wait, CultureInfo.InvariantCulture)));

        Assert.That(_turns.Apart, Is.EqualTo(TimeSpan.FromMilliseconds(apart)));
        Assert.That(_turns.AreTaken, Is.EqualTo(apart > 0));
    }

    [Test]
    public void A_turn_that_is_late_says_that_the_processor_is_full()
    {
        using var turns = new ReadTurns(_time, queue: _ => { });
        turns.Observe(TimeSpan.FromMilliseconds(11));
        using var turn = turns.Enter(Timeout);
        var waiting = turn.WaitAsync().AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(40));

        turns.Observe(TimeSpan.Zero);

        Assert.That((waiting.IsCompleted, turns.Apart), Is.EqualTo((false, TimeSpan.FromMilliseconds(20))));
    }

    [Test]
    public async Task What_arrives_between_two_turns_is_one_read_and_one_update()
    {
        Fill();
        await using var updates = Read(Timeout);
        _body.Feed(Data("a"));
        Assert.That((await updates.MoveNextAsync(), updates.Current.Text), Is.EqualTo((true, "a")));
        var reads = _body.Tokens.Count;

        var waits = _time.NextAsync(ReadTurns.Tick, Timeout);
        var next = updates.MoveNextAsync().AsTask();
        await waits;
        _body.Feed(Data("b") + Data("c"));
        Assert.That((next.IsCompleted, _body.Tokens.Count), Is.EqualTo((false, reads)), "before its turn it is not read");
        _time.Advance(ReadTurns.Longest);

        Assert.That((await next.WaitAsync(Timeout), updates.Current.Text), Is.EqualTo((true, "bc")));
        Assert.That(_body.Tokens, Has.Count.EqualTo(reads + 1));
    }

    [Test]
    public async Task Nobody_waits_any_more_once_there_is_time_to_spare()
    {
        Fill();
        await using var updates = Read(Timeout);
        _body.Feed(Data("a"));
        await updates.MoveNextAsync();

        while (_turns.AreTaken)
            _turns.Observe(TimeSpan.Zero);
        _body.Feed(Data("b"));

        Assert.That((await updates.MoveNextAsync(), updates.Current.Text), Is.EqualTo((true, "b")), "and time stands still");
    }

    [Test]
    public async Task Whoever_is_cancelled_while_it_waits_ends_at_once()
    {
        Fill();
        using var cancel = new CancellationTokenSource();
        await using var updates = Read(cancel.Token);
        _body.Feed(Data("a"));
        await updates.MoveNextAsync();
        var waits = _time.NextAsync(ReadTurns.Tick, Timeout);
        var next = updates.MoveNextAsync().AsTask();
        await waits;

        await cancel.CancelAsync();

        Assert.That(async () => await next.WaitAsync(Timeout), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Many_take_their_turns_in_the_order_in_which_they_came_and_let_others_in_between()
    {
        const int Streams = 40;
        var queue = new Queue<IThreadPoolWorkItem>();
        using var turns = new ReadTurns(_time, queue.Enqueue);
        var (order, taken) = (new List<int>(), new List<int>());
        for (var i = 0; i < Streams; i++)
            _ = TakeAsync(i);
        _time.Advance(ReadTurns.Tick);

        while (queue.TryDequeue(out var work))
        {
            work.Execute();
            taken.Add(order.Count);
        }

        Assert.That(order, Is.EqualTo(Enumerable.Range(0, Streams)));
        Assert.That(taken, Is.EqualTo(new[] { 16, 32, 40 }));

        async Task TakeAsync(int i)
        {
            using var turn = turns.Enter(Timeout);
            await turn.WaitAsync().ConfigureAwait(false); // within the work that takes turns
            order.Add(i);
        }
    }

    private void Fill()
    {
        while (_turns.Apart < ReadTurns.Longest)
            _turns.Observe(TimeSpan.FromSeconds(1));
    }

    private IAsyncEnumerator<ChatResponseUpdate> Read(CancellationToken cancellationToken) =>
        Model.Behind(ScriptedService.Streaming(_body), turns: _turns)
            .GetStreamingResponseAsync(Model.Hello, options: null, cancellationToken).GetAsyncEnumerator(cancellationToken);
}
