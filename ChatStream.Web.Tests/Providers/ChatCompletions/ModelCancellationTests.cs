using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>The caller's token cancels every read. A cancellation is not a failure of the model.</summary>
[CancelAfter(20_000)]
internal sealed class ModelCancellationTests
{
    private FedBody _body;

    [SetUp]
    public void Open() => _body = new FedBody();

    [TearDown]
    public async Task CloseAsync() => await _body.DisposeAsync();

    [TestCase(true)]
    [TestCase(false)]
    public async Task Cancelling_stops_a_pending_read(bool streaming)
    {
        using var caller = new CancellationTokenSource();
        using var client = TestModel.Behind(streaming
            ? ScriptedService.Streaming(_body)
            : ScriptedService.Answering(200, "application/json", _body));
        Task reading = streaming
            ? client.UpdatesAsync(caller.Token)
            : client.GetResponseAsync(TestModel.Hello, options: null, caller.Token);
        await _body.ReadIsPendingAsync();
        if (streaming)
        {
            _body.Feed(AzureStream.Data("Hel"));
            await _body.ReadIsPendingAsync();
        }
        await caller.CancelAsync();

        var fault = Assert.CatchAsync<OperationCanceledException>(() => reading.WaitAsync(Token));
        Assert.That(fault!.CancellationToken, Is.EqualTo(caller.Token));
        Assert.That(_body.Tokens, Has.All.Property("IsCancellationRequested").True, "each read has a token of the caller's");
        Assert.That(_body.WasDisposed, Is.True);
    }

    [Test]
    public void A_token_that_is_already_cancelled_gets_no_answer()
    {
        using var client = TestModel.Behind(ScriptedService.Streaming(_body));
        _body.Feed(AzureStream.Data("Hel"));

        Assert.That(
            () => client.UpdatesAsync(new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_fault_that_the_cancellation_caused_is_a_cancellation()
    {
        using var caller = new CancellationTokenSource();
        using var client = TestModel.Behind(ScriptedService.Streaming(_body));
        var reading = client.UpdatesAsync(caller.Token);
        await _body.ReadIsPendingAsync();
        await caller.CancelAsync();
        _body.Break(new IOException("The connection was closed."));

        Assert.That(() => reading.WaitAsync(Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Leaving_the_loop_closes_the_response()
    {
        using var client = TestModel.Behind(ScriptedService.Streaming(_body));
        _body.Feed(AzureStream.Data("Hel"));
        await foreach (var update in client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token))
        {
            Assert.That(update.Text, Is.EqualTo("Hel"));
            break;
        }

        Assert.That(_body.WasDisposed, Is.True);
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;
}
