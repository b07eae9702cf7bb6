using ChatStream.Emulator;
using ChatStream.Web.Streaming;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Controllers;

[CancelAfter(30_000)]
internal sealed class ChatControllerTests
{
    private readonly ResultProbe _results = new();
    private MockedModel _model;
    private ChatApp _app;
    private ChatClient _user;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _model = new MockedModel();
        _app = await _model.StartAppAsync(setup =>
            setup.Services += services => services.Configure<MvcOptions>(mvc => mvc.Filters.Add(_results)));
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _app.DisposeAsync();

    [SetUp]
    public void NewUser() => _user = _app.NewUser();

    [TearDown]
    public void DropUser() => _user.Dispose();

    [Test]
    public async Task The_action_streams_what_the_model_yields()
    {
        _model.Answers("Hel", "lo");

        var body = await _user.Http.GetStringAsync("/chat/stream?message=Hi", Token);

        Assert.That(WireText.WithoutIds(body), Is.EqualTo("""
            event: start
            retry: 1000
            data: {"generationId":"G","conversationId":"C","messageId":"G","parentId":"P","model":"gpt-4o","title":"Hi"}
            id: G.0

            event: status
            data: {"phase":"analyzing"}
            id: G.1

            event: status
            data: {"phase":"writing"}
            id: G.2

            data: {"text":"Hel"}
            id: G.3

            data: {"text":"lo"}
            id: G.4

            event: usage
            data: {"inputTokens":12,"outputTokens":1,"estimated":true}
            id: G.5

            event: finish
            data: {"reason":"completed"}
            id: G.6

            event: stop
            data: stopped
            id: G.7


            """));
    }

    [Test]
    public async Task The_action_returns_a_result_that_streams()
    {
        _model.Answers("Hello");

        await (await _user.StartAsync("Hi")).ToEndAsync();

        Assert.That(_results.Last, Is.TypeOf<EventStreamResult>());
    }

    [Test]
    public async Task The_model_gets_its_name_and_the_system_prompt_before_the_message()
    {
        _model.Answers("Hello");

        await _user.AskAsync("Hi");

        Assert.That(_model.Options!.ModelId, Is.EqualTo("gpt-4o"));
        Assert.That(Lines(_model.Messages), Is.EqualTo(new[] { "system: Be brief.", "user: Hi" }));
    }

    [Test]
    public async Task The_model_gets_the_conversation_so_far()
    {
        _model.Answers("One.");
        var first = await _user.AskAsync("Count");
        _model.Answers("Two.");

        await _user.AskAsync("On", first.GetProperty("conversationId").GetString());

        Assert.That(Lines(_model.Messages),
            Is.EqualTo(new[] { "system: Be brief.", "user: Count", "assistant: One.", "user: On" }));
    }

    [Test]
    public async Task The_models_token_is_cancelled_by_a_stop_and_not_by_a_reader_that_leaves()
    {
        var gate = new Gate();
        _model.Yields(token => TextThenWait("So far", gate, token));
        var stream = await _user.StartAsync("Hi");
        await stream.UntilTextAsync("So far");
        await stream.CutAsync();
        await using var again = await _user.AttachAsync(stream.GenerationId);
        await again.UntilTextAsync("So far");
        Assert.That(_model.Token.IsCancellationRequested, Is.False, "after the reader has left");

        await _user.StopAsync(stream.GenerationId);

        Assert.That(_model.Token.IsCancellationRequested, Is.True, "after the stop");
        Assert.That((await again.ToEndAsync()).Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
    }

    [Test]
    public async Task A_model_that_ignores_its_token_is_stopped_all_the_same()
    {
        var gate = new Gate();
        _model.Yields(_ => TextThenWait("So far", gate, CancellationToken.None));
        await using var stream = await _user.StartAsync("Hi");
        await stream.UntilTextAsync("So far");

        // Neither waits for the model, which stands at the gate until the test has ended.
        await _user.StopAsync(stream.GenerationId);
        await stream.ToEndAsync();

        Assert.That(stream.Frames.Select(frame => frame.Event),
            Is.EqualTo(new[] { "start", "status", "status", "message", "usage", "finish", "stop" }));
        Assert.That((await _user.FindAsync(stream.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("So far"));
        gate.Open();
    }

    [Test]
    public async Task Each_text_leaves_before_the_model_yields_the_next()
    {
        var gate = new Gate();
        _model.Yields(_ => OneByOne(gate, "a", "b", "c"));
        await using var stream = await _user.StartAsync("Hi");
        foreach (var text in new[] { "a", "b", "c" })
        {
            gate.LetOne();
            await stream.UntilTextAsync(text);
        }
        gate.LetOne();

        Assert.That((await stream.ToEndAsync()).Text, Is.EqualTo("abc"));
    }

    [Test]
    public async Task A_model_that_throws_at_once_fails_the_answer_without_a_word_of_why([Values] bool asJson)
    {
        _model.Throws(new InvalidOperationException("the secret of the house"));

        var (status, body) = await AnswerAsync(asJson);

        Assert.That(status, Is.EqualTo(asJson ? 502 : 200));
        Assert.That(body, Does.Contain("""{"code":"internal","message":"The server failed while it answered."}""").And.Not.Contain("secret"));
    }

    [Test]
    public async Task A_model_that_throws_in_mid_answer_keeps_the_text_before()
    {
        _model.Yields(_ => TextThenThrow("So far"));

        await using var stream = await (await _user.StartAsync("Hi")).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("So far"));
        Assert.That(stream.Frames.TakeLast(3).Select(frame => $"{frame.Event} {frame.Data}"), Is.EqualTo(new[]
        {
            """failure {"code":"internal","message":"The server failed while it answered."}""",
            """finish {"reason":"failed"}""",
            "stop stopped",
        }));
        Assert.That((await _user.FindAsync(stream.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("So far"));
    }

    private async Task<(int Status, string Body)> AnswerAsync(bool asJson)
    {
        using var request = ChatClient.Post(new { message = "Hi" }, accept: asJson ? "application/json" : "text/event-stream");
        using var response = await _user.Http.SendAsync(request, Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    private static IEnumerable<string> Lines(IEnumerable<ChatMessage> messages) =>
        messages.Select(message => $"{message.Role}: {message.Text}");

    private static async IAsyncEnumerable<ChatResponseUpdate> TextThenWait(
        string text, Gate gate, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return MockedModel.Text(text);
        await gate.WaitAsync(cancellationToken);
        yield return MockedModel.Text(" and too late");
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> OneByOne(Gate gate, params string[] texts)
    {
        foreach (var text in texts)
        {
            await gate.WaitAsync(Token);
            yield return MockedModel.Text(text);
        }
        await gate.WaitAsync(Token);
        yield return MockedModel.Stop();
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> TextThenThrow(string text)
    {
        yield return MockedModel.Text(text);
        await Task.Yield();
        throw new InvalidOperationException("the secret of the house");
    }

    private sealed class ResultProbe : IResultFilter
    {
        public IActionResult? Last { get; private set; }

        public void OnResultExecuting(ResultExecutingContext context) => Last = context.Result;

        public void OnResultExecuted(ResultExecutedContext context)
        {
        }
    }
}
