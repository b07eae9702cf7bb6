using System.Globalization;
using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.ChatCompletions.AzureStream;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

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
    [TestCase("4*11", 0, Description = "a pause of the garbage collector")]
    [TestCase("4*11 1 4*11", 0, Description = "bursts, and quiet moments between them")]
    [TestCase("4*11 9*9 11", 100, Description = "neither quiet nor over")]
    [TestCase("5*11", 100)]
    [TestCase("99*11", 100)]
    [TestCase("99*9", 0, Description = "too short to say that it is full")]
    [TestCase("5*11 99*9", 100, Description = "too long to say that it is not")]
    [TestCase("5*11 10*1", 80)]
    [TestCase("5*11 10*1 11", 90)]
    [TestCase("5*11 25*1", 50)]
    [TestCase("5*11 26*1", 0, Description = "so little gathers nothing")]
    [TestCase("5*11 26*1 4*11", 0)]
    [TestCase("5*11 26*1 5*11", 100)]
    public void Streams_wait_where_work_waited_too_long_again_and_again(string waits, int apart)
    {
        foreach (var wait in waits.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('*')))
        {
            for (var i = 0; i < (wait.Length == 1 ? 1 : Number(wait[0])); i++)
                _turns.Observe(TimeSpan.FromMilliseconds(Number(wait[^1])));
        }

        Assert.That(_turns.Apart, Is.EqualTo(TimeSpan.FromMilliseconds(apart)));
        Assert.That(_turns.AreTaken, Is.EqualTo(apart > 0));

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    [Test]
    public void A_turn_that_is_late_says_that_the_processor_is_full()
    {
        using var turns = new ReadTurns(_time, queue: _ => { });
        Fill(turns);
        turns.Observe(TimeSpan.Zero);
        using var turn = turns.Enter(Timeout);
        var waiting = turn.WaitAsync().AsTask();
        _time.Advance(ReadTurns.Longest + TimeSpan.FromMilliseconds(20));

        turns.Observe(TimeSpan.Zero);

        Assert.That((waiting.IsCompleted, turns.Apart), Is.EqualTo((false, ReadTurns.Longest)));
    }

    [Test]
    public async Task What_arrives_between_two_turns_is_one_read_and_one_update()
    {
        Fill(_turns);
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
        Fill(_turns);
        await using var updates = Read(Timeout);
        _body.Feed(Data("a"));
        await updates.MoveNextAsync();

        while (_turns.AreTaken)
            _turns.Observe(TimeSpan.Zero);
        _body.Feed(Data("b"));

        Assert.That((await updates.MoveNextAsync(), updates.Current.Text), Is.EqualTo((true, "b")), "and time stands still");
    }

    [Test]
    public async Task A_stream_that_brings_more_than_models_do_waits_for_no_turn_until_it_brings_less()
    {
        Fill(_turns);
        await using var updates = Read(Timeout);
        _body.Feed(Data(new string('a', ReadTurn.Fast)));
        await UntilAsync(updates, "a");

        _body.Feed(Data("b"));
        await UntilAsync(updates, "b");
        _time.Advance(ReadTurns.Longest);
        _body.Feed(Data("c"));
        await UntilAsync(updates, "c");

        _time.Advance(ReadTurns.Longest);
        _body.Feed(Data("d"));
        await UntilAsync(updates, "d");
        var waits = _time.NextAsync(ReadTurns.Tick, Timeout);
        _body.Feed(Data("e"));
        var next = UntilAsync(updates, "e");
        await waits;
        Assert.That(next.IsCompleted, Is.False, "it brings little now");
        _time.Advance(ReadTurns.Longest);
        await next;
    }

    [Test]
    public async Task Whoever_is_cancelled_while_it_waits_ends_at_once()
    {
        Fill(_turns);
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
        const int Streams = 80;
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
        Assert.That(taken, Is.EqualTo(new[] { 32, 64, 80 }));

        async Task TakeAsync(int i)
        {
            using var turn = turns.Enter(Timeout);
            await turn.WaitAsync().ConfigureAwait(false); // within the work that takes turns
            order.Add(i);
        }
    }

    private static void Fill(ReadTurns turns)
    {
        while (turns.Apart < ReadTurns.Longest)
            turns.Observe(TimeSpan.FromSeconds(1));
    }

    private static async Task UntilAsync(IAsyncEnumerator<ChatResponseUpdate> updates, string end)
    {
        do
        {
            Assert.That(await updates.MoveNextAsync().AsTask().WaitAsync(Timeout), Is.True);
        }
        while (!updates.Current.Text.EndsWith(end, StringComparison.Ordinal));
    }

    private IAsyncEnumerator<ChatResponseUpdate> Read(CancellationToken cancellationToken) =>
        Model.Behind(ScriptedService.Streaming(_body), turns: _turns)
            .GetStreamingResponseAsync(Model.Hello, options: null, cancellationToken).GetAsyncEnumerator(cancellationToken);
}
