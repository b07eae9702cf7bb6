using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Controllers;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>No prompt and no answer is in any log line; each line says what it belongs to.</summary>
[NonParallelizable] // NLog has one configuration per process, and these tests replace it.
internal sealed partial class LogTests : AppTest
{
    private const string Prompt = "zebra-in-the-prompt";
    private const string Answer = "zebra-in-the-answer";

    // Debug is the most detailed level without message text; Trace may contain it.
    private const string Wordy = """<logger name="ChatStream.*" minlevel="Debug" writeTo="console" final="true" />""";

    private CapturedLog? _log;

    protected override void Configure(ChatApp.Setup setup) => setup.Settings["Chat:ContextTokens"] = "1000";

    [TearDown]
    public void StopListening() => _log?.Dispose();

    [Test]
    public async Task No_route_writes_a_prompt_or_an_answer([Values] bool wordy)
    {
        var log = Listen(wordy);
        Answers(Prompt, Script.Start().Reasoning(Answer).Text(Answer).Finish("stop").Done());

        await using (
            var stream = await (await User.StreamAsync(new(HttpMethod.Get, $"/chat/stream?message={Prompt}"), Token))
            .ToEndAsync())
            await (await User.AttachAsync(stream.GenerationId)).ToEndAsync();
        await (await User.StartAsync(Prompt)).ToEndAsync();
        var answer = await User.AskAsync(Prompt);
        await User.FindAsync(answer.GetProperty("generationId").GetString()!);
        await SendAsync(new(HttpMethod.Post, "/chat") { Content = new FormUrlEncodedContent([new("message", Prompt)]) });
        await SendAsync(new(HttpMethod.Get, $"/chat/{answer.GetProperty("conversationId").GetString()}"));
        await SendAsync(new(HttpMethod.Get, "/"));
        using var later = ChatClient.Post(new { message = Prompt });
        later.Headers.Add("Prefer", "respond-async");
        await SendAsync(later);

        ExpectNoText(log);
        Assert.That(log.Lines, Has.Some.Contains("A generation ended: Completed, "), "there is something to search");
    }

    [Test]
    public async Task No_refusal_writes_a_prompt([Values] bool wordy)
    {
        var log = Listen(wordy);

        foreach (var request in new[]
        {
            ChatClient.PostRaw($$"""{"message":"{{Prompt}}"""),
            ChatClient.PostRaw($$"""{"{{Prompt}}":1}"""),
            ChatClient.PostRaw($$$"""{"message":{"{{{Prompt}}}":1}}"""),
            ChatClient.PostRaw(Prompt, "text/plain"),
            ChatClient.PostRaw($$"""{"message":"{{Prompt}}\u0000"}"""),
            ChatClient.PostRaw($$"""{"message":"{{string.Concat(Enumerable.Repeat(Prompt + " ", 1000))}}"}"""),
            ChatClient.PostRaw($$"""{"message":"{{Prompt}}","model":"{{Prompt}}"}"""),
            ChatClient.PostRaw($$"""{"message":"{{Prompt}}","conversationId":"{{Prompt}}"}"""),
            ChatClient.PostRaw($$"""{"message":"{{Prompt}}","parentId":"{{Prompt}}"}"""),
            ChatClient.Post(new { message = Prompt }, accept: "text/html"),
            ChatClient.Post(new { message = Prompt }, idempotencyKey: new string('k', 201)),
            new(HttpMethod.Get, $"/chat/stream?message={Prompt}{new string('a', 9000)}"),
            new(HttpMethod.Get, $"/chat/stream?message={Prompt}{new string('a', 20000)}"),
            new(HttpMethod.Get, $"/chat/stream?message={Prompt}&model={Prompt}"),
            new(HttpMethod.Get, $"/chat/stream?message={Prompt}&lastEventId={Prompt}"),
            new(HttpMethod.Get, $"/chat/stream?message={Prompt}") { Headers = { { "Sec-Fetch-Site", "cross-site" } } },
            new(HttpMethod.Get, $"/models?message={Prompt}") { Headers = { { "Authorization", $"Bearer {Prompt}" } } },
            new(HttpMethod.Get, $"/nowhere?message={Prompt}"),
            new(HttpMethod.Delete, $"/chat/stream?message={Prompt}"),
            new(HttpMethod.Post, "/chat")
            {
                Content = new FormUrlEncodedContent([new("message", Prompt), new("conversationId", Prompt)]),
            },
            new(HttpMethod.Post, "/chat") { Content = new StringContent(Prompt) },
        })
            await SendAsync(request);
        using (var half = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token))
            await half.SendAsync(
                $"POST /chat/stream?message={Prompt} HTTP/1.1\r\nHost: {App.Address.Authority}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: 999\r\n\r\n{{\"message\":\"{Prompt}", Token);
        using (var bad = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token))
        {
            await bad.SendAsync(
                $"GET /chat/stream?message={Prompt} HTTP/1.1\r\nHost: {Prompt} {Prompt}\r\n{Prompt}\r\n\r\n", Token);
            await bad.ReadUntilAsync("\r\n\r\n", Token);
        }

        ExpectNoText(log);
    }

    [Test]
    public async Task Faults_of_the_model_service_are_logged_without_quoted_text([Values] bool wordy)
    {
        var log = Listen(wordy);
        var faults = new[]
        {
            Script.Error(
                400,
                $$$"""{"error":{"code":"{{{Answer}}}","message":"{{{Prompt}}}","param":"{{{Answer}}}","type":"{{{Answer}}}"}}"""),
            Script.Error(429, $$$"""{"error":{"code":"429","message":"{{{Prompt}}}"}}""", ("Retry-After", Answer)),
            Script.Error(500, Prompt),
            Script.Page(502, Prompt),
            Script.Page(200, Prompt),
            Script.Start().Text(Answer).Cut(),
            Script.Start().Text(Answer).Reset(),
            Script.Start().Text(Answer).Event($$"""{"choices":[{"delta":{"content":"{{Answer}} """),
            Script.Start().Text(Answer).Event(Answer),
            Script.Start().Text(Answer).ErrorEvent(Answer, Prompt),
            Script.Start().Text(Answer).Finish(Answer),
            Script.Start().Text(Answer).FilterOutage(Answer).Finish("content_filter").Done(),
            Script.Start().ToolCall(0, Answer, Answer, Answer).Finish("tool_calls").Done(),
        };
        foreach (var fault in faults)
        {
            Answers(Prompt, fault);
            await (await User.StartAsync(Prompt)).ToEndAsync();
        }

        ExpectNoText(log);
        Assert.That(log.Lines.Count(line => line.Contains("The model failed", StringComparison.Ordinal)), Is.GreaterThan(8));
    }

    [Test]
    public async Task A_database_fault_is_logged_without_the_stored_text([Values] bool wordy)
    {
        await using var app = await ChatApp.StartAsync(Emulator);
        using var user = app.NewUser();
        await user.AskAsync(Prompt);
        await app.Services.GetRequiredService<IChatDatabase>()
            .WriteAsync(default, db => db.Database.ExecuteSqlRawAsync("ALTER TABLE Messages RENAME TO Gone", Token));
        var log = Listen(wordy);

        var (response, problem) = await user.JsonAsync(ChatClient.Post(new { message = Prompt }));

        Assert.That((int)response.StatusCode, Is.EqualTo(503));
        Assert.That(problem.GetRawText(), Does.Not.Contain("Messages").And.Not.Contain("SQLite"));
        ExpectNoText(log);
        Assert.That(log.Lines, Has.Some.Contains("no such table"), "the failure itself is told");
    }

    [Test]
    public async Task A_model_exception_that_quotes_the_prompt_is_logged_without_it([Values] bool wordy)
    {
        var model = new MockedModel();
        await using var app = await model.StartAppAsync();
        using var user = app.NewUser();
        model.Yields(_ => TextThenThrow());
        var log = Listen(wordy);

        await (await user.StartAsync(Prompt)).ToEndAsync();

        ExpectNoText(log);
        Assert.That(
            log.Lines, Has.Some.Contains("A generation failed").And.Some.Contains(nameof(TextThenThrow)),
            "where it was thrown is told");
    }

    [Test]
    public async Task Nothing_that_others_send_begins_a_line()
    {
        var log = Listen(wordy: true);
        const string forged = "\n2026-11-28T23:59:59.000Z FATAL Web trace= generation= FORGED\u001b[31m";
        var escaped = Uri.EscapeDataString(forged);
        Answers("Hi", Script.Error(400, "{}", ("apim-request-id", "FORGED")));

        foreach (var path in new[] { "/preferences", "/chat/stop", "/chat/decide", "/chat" })
        {
            using var form = new FormUrlEncodedContent([new($"[{forged}[", forged), new("generationId", forged)]);
            await SendAsync(new(HttpMethod.Post, path) { Content = form });
        }
        await SendAsync(new(HttpMethod.Get, $"/chat/stream?message=Hi&model={escaped}&lastEventId={escaped}"));
        await SendAsync(new(HttpMethod.Get, $"/chat/{escaped}"));
        await SendAsync(ChatClient.Post(new { message = "Hi", model = forged, conversationId = forged }));
        await (await User.StartAsync("Hi")).ToEndAsync();

        Assert.That(log.Lines, Has.Some.Contains("apim-request-id"));
        var lines = log.Lines.SelectMany(line => line.Split('\n'));
        Assert.That(lines.Where(line => line.Contains("FORGED", StringComparison.Ordinal)), Has.All.Contains("apim-request-id"));
        Assert.That(log.Lines.SelectMany(line => line).Where(c => char.IsControl(c) && c != '\n'), Is.Empty);
    }

    private static IEnumerable<TestCaseData> Unreachable() =>
    [
        new TestCaseData("https://chatstream.invalid/", "HttpRequestException NameResolutionError, SocketException ")
            .SetArgDisplayNames("no such host"),
        new TestCaseData(EmulatorServer.RefusingEndpoint().ToString(), "ConnectionError, SocketException ConnectionRefused")
            .SetArgDisplayNames("nobody listens"),
        new TestCaseData(null, "SecureConnectionError, AuthenticationException (").SetArgDisplayNames("no TLS"),
    ];

    [TestCaseSource(nameof(Unreachable))]
    public async Task Why_a_model_cannot_be_reached_is_logged(string? endpoint, string cause)
    {
        await using var app = await ChatApp.StartAsync(Emulator, setup => setup.Settings["AzureOpenAI:Endpoint"] =
            endpoint ?? new UriBuilder(Emulator.Endpoint) { Scheme = "https" }.Uri.ToString());
        using var user = app.NewUser();
        var log = Listen(wordy: false);

        var answer = await user.AskAsync(Prompt);

        Assert.That(
            answer.GetProperty("failure").GetProperty("message").GetString(),
            Is.EqualTo("The model service could not be reached."));
        Assert.That(log.Lines, Has.Some.Contains("The model failed: ModelUnavailable (").And.Some.Contains(cause));
        ExpectNoText(log);
        Assert.That(log.Lines, Has.None.Contains("emulator-key"));
    }

    [Test]
    public async Task Each_log_line_of_a_generation_has_its_trace_and_id()
    {
        var log = Listen(wordy: true);
        Answers("one", AzureErrors.ServerError());

        await using var stream = await (await User.StartAsync("one")).ToEndAsync();
        await User.StopAsync(stream.GenerationId);
        // It is written a little after the client has its stop.
        while (!log.Lines.Any(line => line.Contains("A generation ended: Failed", StringComparison.Ordinal)))
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        var lines = log.Lines.Select(line => Line().Match(line))
            .Where(line => line.Groups["generation"].Value == stream.GenerationId).ToList();
        Assert.That(
            lines.Select(line => line.Groups["message"].Value),
            Has.Some.StartsWith("A generation started").And.Some.StartsWith("A generation ended: Failed (ModelUnavailable), ")
            .And.Some.StartsWith("The model service answered with status 500").And.Some.StartsWith("The model failed"));
        Assert.That(lines.Select(line => line.Groups["trace"].Value).Distinct().Count(), Is.EqualTo(1), "a trace of its own");
        Assert.That(lines.Select(line => line.Groups["trace"].Value), Is.All.Match("^[0-9a-f]{32}$"));
        Assert.That(log.Lines, Is.All.Match("^[0-9T:.-]+Z (INFO |WARN |ERROR|DEBUG) \\S+ trace=[0-9a-f]* generation=\\S* "));
    }

    private CapturedLog Listen(bool wordy) => _log = new CapturedLog(wordy ? Wordy : "");

    private static void ExpectNoText(CapturedLog log) =>
        Assert.That(log.Lines.Where(line => line.Contains("zebra", StringComparison.OrdinalIgnoreCase)), Is.Empty);

    private async Task SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await User.Http.SendAsync(request, Token))
            await response.Content.ReadAsStringAsync(Token);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> TextThenThrow()
    {
        yield return MockedModel.Text(Answer);
        await Task.Yield();
        throw new InvalidOperationException($"Cannot answer '{Prompt}' with '{Answer}'.", new FormatException(Prompt));
    }

    [GeneratedRegex("trace=(?<trace>\\S*) generation=(?<generation>\\S*) (?<message>.*)")]
    private static partial Regex Line();
}
