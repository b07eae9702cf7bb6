using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Deployments;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>Each time limit ends an answer when it is reached, and not earlier.</summary>
[CancelAfter(20_000)]
internal sealed class ModelTimeoutTests
{
    private static readonly TimeSpan ALittle = TimeSpan.FromMilliseconds(100);

    private FakeTimeProvider _time;
    private FedBody _body;
    private DeploymentClient _client;

    [SetUp]
    public void Open()
    {
        _time = new FakeTimeProvider();
        _body = new FedBody();
        _client = TestModel.Behind(ScriptedService.Streaming(_body), time: _time);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        _client.Dispose();
        await _body.DisposeAsync();
    }

    [Test]
    public async Task The_first_byte_may_take_five_minutes()
    {
        var failing = _client.FailureAsync();
        await _body.ReadIsPendingAsync();
        Advance(TimeSpan.FromMinutes(5) - ALittle);
        Assert.That(failing.IsCompleted, Is.False);
        Advance(2 * ALittle);

        await CheckAsync(failing, "The model sent nothing within the time limit.");
    }

    [Test]
    public async Task The_limit_for_the_first_byte_includes_the_headers()
    {
        using var client = TestModel.Behind(new SilentService(), time: _time);
        var failing = client.FailureAsync();
        Advance(TimeSpan.FromMinutes(5) + ALittle);

        await CheckAsync(failing, "The model sent nothing within the time limit.");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4.9)]
    public async Task Two_minutes_of_silence_end_an_answer(double firstByteAfterMinutes)
    {
        var failing = _client.FailureAsync();
        await _body.ReadIsPendingAsync();
        Advance(TimeSpan.FromMinutes(firstByteAfterMinutes));
        _body.Feed(AzureStream.Data("Hel"));
        await _body.ReadIsPendingAsync();
        Advance(TimeSpan.FromMinutes(2) - ALittle);
        Assert.That(failing.IsCompleted, Is.False);
        Advance(2 * ALittle);

        await CheckAsync(failing, "The model fell silent in mid-answer.", "text 'Hel', id c-1, model gpt-4o");
    }

    [Test]
    public async Task Any_byte_restarts_the_limit_between_bytes()
    {
        var failing = _client.FailureAsync();
        foreach (var character in AzureStream.Data("Hel")[..^1])
        {
            await _body.ReadIsPendingAsync();
            Advance(TimeSpan.FromSeconds(4));
            _body.Feed(character.ToString());
        }
        await _body.ReadIsPendingAsync();
        Assert.That(failing.IsCompleted, Is.False);
        Advance(TimeSpan.FromMinutes(2) + ALittle);

        await CheckAsync(failing, "The model fell silent in mid-answer.");
    }

    [Test]
    public async Task An_answer_that_never_ends_is_ended_after_thirty_minutes()
    {
        var failing = _client.FailureAsync();
        await _body.ReadIsPendingAsync();
        for (var minute = 1; minute < 30; minute++)
        {
            Advance(TimeSpan.FromMinutes(1));
            _body.Feed(": still there\n\n");
            await _body.ReadIsPendingAsync();
        }
        Advance(TimeSpan.FromMinutes(1) - ALittle);
        Assert.That(failing.IsCompleted, Is.False);
        Advance(2 * ALittle);

        await CheckAsync(failing, "The answer took longer than the time limit.");
    }

    [Test]
    public async Task The_stream_may_stay_open_for_five_seconds_after_the_finish_reason()
    {
        var ending = _client.UpdatesAsync();
        await _body.ReadIsPendingAsync();
        _body.Feed(AzureStream.Data("Hello") + AzureStream.Finish());
        await _body.ReadIsPendingAsync();
        Advance(TimeSpan.FromSeconds(5) - ALittle);
        Assert.That(ending.IsCompleted, Is.False);
        Advance(2 * ALittle);

        Assert.That(await ending.WaitAsync(Token), Is.EqualTo(new[]
        {
            "text 'Hello', id c-1, model gpt-4o", "finish stop, id c-1, model gpt-4o",
        }));
    }

    [Test]
    public async Task The_text_may_come_long_after_a_finish_reason_that_ended_the_reasoning()
    {
        var ending = _client.UpdatesAsync();
        await _body.ReadIsPendingAsync();
        _body.Feed($"data: {AzureStream.Chunk("""{"reasoning":"Counting."}""")}\n\n" + AzureStream.Finish());
        await _body.ReadIsPendingAsync();
        Advance(TimeSpan.FromMinutes(1));
        _body.Feed(AzureStream.Data("Seventeen.") + AzureStream.Finish() + AzureStream.Done);

        Assert.That(await ending.WaitAsync(Token), Is.EqualTo(new[]
        {
            "reasoning 'Counting.', id c-1, model gpt-4o", "finish stop, id c-1, model gpt-4o",
            "text 'Seventeen.', id c-1, model gpt-4o", "finish stop, id c-1, model gpt-4o",
        }));
    }

    [TestCase("""{"role":"assistant","content":""}""")]
    [TestCase("""{"role":"assistant"}""")]
    [TestCase("""{"role":"assistant","content":null}""")]
    [TestCase("""{"role":"assistant","reasoning_content":""}""")]
    [TestCase("{}")]
    public async Task The_text_may_come_long_after_a_finish_reason_before_any_word(string delta)
    {
        var ending = _client.UpdatesAsync();
        await _body.ReadIsPendingAsync();
        _body.Feed($$"""data: {"choices":[{"index":0,"delta":{{delta}},"finish_reason":"stop"}]}""" + "\n\n");
        await _body.ReadIsPendingAsync();
        Advance(TimeSpan.FromMinutes(1));
        _body.Feed($"data: {AzureStream.Chunk("""{"content":"Seventeen."}""", "\"stop\"")}\n\n" + AzureStream.Done);

        Assert.That(await ending.WaitAsync(Token), Has.Some.Contains("text 'Seventeen.'"));
    }

    [Test]
    public async Task A_refusal_whose_body_does_not_end_is_a_timeout()
    {
        using var client = TestModel.Behind(ScriptedService.Answering(500, "application/json", _body), time: _time);
        var failing = client.FailureAsync();
        await _body.ReadIsPendingAsync();
        _body.Feed("{");
        await _body.ReadIsPendingAsync();
        Advance(TimeSpan.FromMinutes(5) + ALittle);

        await CheckAsync(failing, "The model fell silent in mid-answer.");
    }

    [Test]
    public async Task An_answer_that_is_not_streamed_has_the_same_limits()
    {
        using var client = TestModel.Behind(ScriptedService.Answering(200, "application/json", _body), time: _time);
        var failing = client.GetResponseAsync(TestModel.Hello, options: null, Token);
        await _body.ReadIsPendingAsync();
        Advance(TimeSpan.FromMinutes(5) + ALittle);

        Assert.That(
            () => failing.WaitAsync(Token),
            Throws.TypeOf<ModelException>().With.Property("Code").EqualTo(FailureCode.ModelTimeout));
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private static async Task CheckAsync(
        Task<(List<string> Updates, ModelException Failure)> failing, string message, params string[] updates)
    {
        var (received, failure) = await failing.WaitAsync(Token);
        Assert.That((failure.Code, failure.Message), Is.EqualTo((FailureCode.ModelTimeout, message)));
        Assert.That(received, Is.EqualTo(updates));
    }

    // In small steps, because a timer that is set during a step counts from the end of the step.
    private void Advance(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (; time > step; time -= step)
            _time.Advance(step);
        _time.Advance(time);
    }

    /// <summary>Takes the request and never answers.</summary>
    private sealed class SilentService : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException("Infinity has passed.");
        }
    }
}
