using ChatStream.Web.Contract;
using Microsoft.Extensions.AI;
using NUnit.Framework;
using static ChatStream.Web.Tests.Providers.ChatCompletions.AzureStream;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>Text that has arrived together is one update, and never waits for text that has not arrived.</summary>
[CancelAfter(30_000)]
internal sealed class GatheringTests
{
    [Test]
    public async Task Pieces_that_arrived_together_are_one_update()
    {
        var texts = await TextsAsync(ScriptedService.Streaming(Data("a") + Data("b") + Data("\\u00e9") + Finish() + Done));

        Assert.That(texts, Is.EqualTo(new[] { "abé" }));
    }

    [Test]
    public async Task A_piece_does_not_wait_for_the_next()
    {
        var body = new FedBody();
        using var client = TestModel.Behind(ScriptedService.Streaming(body));
        await using var updates = client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token)
            .GetAsyncEnumerator(Token);
        body.Feed(Data("a") + Data("b"));
        Assert.That((await updates.MoveNextAsync(), updates.Current.Text), Is.EqualTo((true, "ab")));

        body.Feed(Data("c"));
        Assert.That((await updates.MoveNextAsync(), updates.Current.Text), Is.EqualTo((true, "c")));

        body.Feed(Finish() + Done);
        body.End();
        Assert.That((await updates.MoveNextAsync(), updates.Current.FinishReason), Is.EqualTo((true, ChatFinishReason.Stop)));
    }

    [Test]
    public async Task Text_that_arrived_before_a_fault_is_passed_on_first()
    {
        var body = new FedBody();
        body.Feed(Data("a") + Data("b"));
        body.Break(new IOException("cut"));
        var (updates, failure) = await TestModel.Behind(ScriptedService.Streaming(body)).FailureAsync();

        Assert.That(updates, Is.EqualTo(new[] { "text 'ab', id c-1, model gpt-4o" }));
        Assert.That(failure.Code, Is.EqualTo(FailureCode.ModelUnavailable));
    }

    [Test]
    public async Task A_large_piece_is_an_update_of_its_own()
    {
        var large = new string('x', 4096);
        var texts = await TextsAsync(ScriptedService.Streaming(Data(large) + Data("b") + Finish() + Done));

        Assert.That(texts, Is.EqualTo(new[] { large, "b" }));
    }

    [Test]
    public async Task Much_text_that_arrived_together_is_several_updates()
    {
        var much = string.Concat(Enumerable.Repeat(Data(new string('x', 1000)), 30));
        var texts = await TextsAsync(ScriptedService.Streaming(much + Finish() + Done));

        Assert.That(string.Concat(texts), Has.Length.EqualTo(30_000));
        Assert.That(texts, Has.Count.GreaterThan(3).And.All.Length.LessThan(8_000));
    }

    [TestCase(400, Description = "more than one read can take")]
    [TestCase(1, Description = "each read takes all that there is, and there is always more")]
    public async Task A_service_that_sends_as_fast_as_it_is_read_does_not_keep_the_thread(int together)
    {
        var body = new FedBody();
        using var client = TestModel.Behind(ScriptedService.Streaming(body));
        await using var updates = client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token)
            .GetAsyncEnumerator(Token);
        for (var i = 0; i < 400; i += together)
            body.Feed(string.Concat(Enumerable.Repeat(Data(new string('x', 1000)), together)));
        await updates.MoveNextAsync();

        var (others, read, next) = (new HeldContext(), updates.Current.Text.Length, default(ValueTask<bool>));
        others.Run(() =>
        {
            while ((next = updates.MoveNextAsync()).IsCompleted)
                read += updates.Current.Text.Length;
        });

        Assert.That(read, Is.InRange(50_000, 100_000));
        Assert.That(others.Work, Has.Count.EqualTo(1), "the rest waits until other work has run");
        others.Run(() =>
        {
            while (others.Work.TryDequeue(out var work))
                work();
        });
        Assert.That(await next, Is.True);
    }

    [Test]
    public async Task Pieces_of_different_responses_stay_apart()
    {
        var texts = await TextsAsync(ScriptedService.Streaming(
            Data("a") + Data("b").Replace("c-1", "c-2", StringComparison.Ordinal) + Data("c") + Finish() + Done));

        Assert.That(texts, Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [Test]
    public async Task Leaving_the_loop_cancels_the_pending_read()
    {
        var body = new FedBody();
        using var client = TestModel.Behind(ScriptedService.Streaming(body));
        body.Feed(Data("a"));
        await foreach (var update in client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token))
        {
            Assert.That(update.Text, Is.EqualTo("a"));
            break;
        }

        Assert.That(body.Tokens[^1].IsCancellationRequested);
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private static async Task<List<string>> TextsAsync(HttpMessageHandler service)
    {
        using var client = TestModel.Behind(service);
        var texts = new List<string>();
        await foreach (var update in client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token))
        {
            if (update.Text.Length > 0)
                texts.Add(update.Text);
        }
        return texts;
    }

    /// <summary>A queue of work that only the test runs.</summary>
    private sealed class HeldContext : SynchronizationContext
    {
        public Queue<Action> Work { get; } = [];

        public override void Post(SendOrPostCallback d, object? state) => Work.Enqueue(() => d(state));

        public void Run(Action action)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                action();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }
}
