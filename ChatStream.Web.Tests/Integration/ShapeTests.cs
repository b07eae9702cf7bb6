using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A start can be answered in three shapes: an event stream, JSON, or a page.</summary>
internal sealed class ShapeTests : AppTest
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup) => setup.Services = services =>
        services.AddSingleton<TimeProvider>(_time);

    [TestCase(null, "text/event-stream")]
    [TestCase("", "text/event-stream")]
    [TestCase("*/*", "text/event-stream")]
    [TestCase("text/event-stream;charset=utf-8;q=1", "text/event-stream")]
    [TestCase("application/problem+json, */*;q=0.2", "text/event-stream")]
    [TestCase("application/*;q=0.8, text/*;q=0.7", "application/json; charset=utf-8")]
    [TestCase("text/event-stream;q=0.000, application/*;q=0.001", "application/json; charset=utf-8")]
    [TestCase("text/*", "text/event-stream")]
    [TestCase("text/event-stream", "text/event-stream")]
    [TestCase("TEXT/EVENT-STREAM; q=0.1", "text/event-stream")]
    [TestCase("application/json, text/event-stream", "text/event-stream")]
    [TestCase("application/json;q=0.5, text/event-stream;q=0.5", "text/event-stream")]
    [TestCase("application/json;q=0.4, */*;q=0.5", "text/event-stream")]
    [TestCase("text/event-stream, */*;q=0", "text/event-stream")]
    [TestCase("*/*;q=0.001", "text/event-stream")]
    [TestCase("application/json, */*;q=0.1", "application/json; charset=utf-8")]
    [TestCase("application/json, text/event-stream;q=0.5", "application/json; charset=utf-8")]
    [TestCase("text/event-stream;q=0, */*", "application/json; charset=utf-8")]
    [TestCase("text/*;q=0, */*;q=0.1", "application/json; charset=utf-8")]
    [TestCase("*/*;q=0.9, application/*;q=0.1, text/*;q=0", "application/json; charset=utf-8")]
    [TestCase("application/json", "application/json; charset=utf-8")]
    [TestCase("application/*", "application/json; charset=utf-8")]
    [TestCase("text/html, application/json;q=0.5", "application/json; charset=utf-8")]
    [TestCase("application/json, text/event-stream;q=0", "application/json; charset=utf-8")]
    public async Task The_Accept_header_decides_the_shape(string? accept, string type)
    {
        foreach (var path in new[] { "/chat/stream", "/chat/stream?message=Hello" })
        {
            using var request = path == "/chat/stream" ? ChatClient.PostRaw("""{"message":"Hello"}""")
                : new(HttpMethod.Get, path);
            if (accept is not null)
                request.Headers.TryAddWithoutValidation("Accept", accept);
            using var response = await User.Http.SendAsync(request, Token);

            Assert.That((int)response.StatusCode, Is.EqualTo(200));
            Assert.That(
                response.Content.Headers.NonValidated["Content-Type"].ToString(), Is.EqualTo(type), request.Method.Method);
        }
    }

    [Test]
    public async Task Json_has_exactly_these_members()
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Texts("Hel", "lo — 是 🙂").Finish("stop").Usage(12, 7, reasoning: 4).Done());

        using var response =
            await User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }, accept: "application/json"), Token);

        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.That(WireText.WithoutIds(text), Is.EqualTo("""
            {"generationId":"G","conversationId":"C","messageId":"G","model":"gpt-4o","state":"ended","text":"Hello — 是 🙂","reasoning":"Hm","finishReason":"completed","usage":{"inputTokens":12,"outputTokens":7,"reasoningTokens":4}}
            """));
        Assert.That(response.Headers.CacheControl!.NoStore);
    }

    [Test]
    public async Task Respond_async_wins_over_Accept_and_gives_the_location(
        [Values("application/json", "text/event-stream", "text/html")] string accept)
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        using var request = ChatClient.Post(new { message = "Hi" }, accept);
        request.Headers.Add("Prefer", "handling=lenient, respond-async");

        using var response = await User.Http.SendAsync(request, Token);

        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.That((int)response.StatusCode, Is.EqualTo(202));
        Assert.That(
            WireText.WithoutIds(text),
            Does.StartWith(
                """{"generationId":"G","conversationId":"C","messageId":"G","model":"gpt-4o","state":"running","text":"""));
        Assert.That(response.Headers.Location!.OriginalString, Does.Match("^/chat/stream/[A-Za-z0-9_-]{16}$"));
        Assert.That(text, Does.Contain(response.Headers.Location.OriginalString[^16..]));
        Assert.That(response.Headers.GetValues("Preference-Applied"), Is.EqualTo(new[] { "respond-async" }));
        var (found, state) = await User.JsonAsync(new(HttpMethod.Get, response.Headers.Location));
        Assert.That((int)found.StatusCode, Is.EqualTo(200));
        Assert.That(state.GetProperty("state").GetString(), Is.EqualTo("running"));
        await User.StopAsync(response.Headers.Location.OriginalString[^16..]);
    }

    [Test]
    public async Task Wait_ends_with_202_and_the_text_so_far()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await User.IdentifyAsync();
        var waits = _time.NextAsync(TimeSpan.FromSeconds(7), Token);
        using var request = ChatClient.Post(new { message = "Hi" }, accept: "application/json", idempotencyKey: "wait");
        request.Headers.Add("Prefer", "wait=7");
        var asking = User.JsonAsync(request);
        await waits;
        await using var reader = await User.StreamAsync(ChatClient.Post(new { message = "Hi" }, idempotencyKey: "wait"), Token);
        await reader.UntilTextAsync("so far");

        _time.Advance(TimeSpan.FromSeconds(7));

        var (response, body) = await asking;
        Assert.That((int)response.StatusCode, Is.EqualTo(202));
        Assert.That(response.Headers.GetValues("Preference-Applied"), Is.EqualTo(new[] { "wait=7" }));
        Assert.That(response.Headers.Location!.OriginalString, Is.EqualTo($"/chat/stream/{reader.GenerationId}"));
        Assert.That(body.GetProperty("state").GetString(), Is.EqualTo("running"));
        Assert.That(body.GetProperty("text").GetString(), Is.EqualTo("so far"));
        await User.StopAsync(reader.GenerationId);
    }

    [Test]
    public async Task A_wait_of_zero_ends_the_wait_and_not_the_answer()
    {
        using var first =
            await User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }, "application/json", "no-wait"), Token);
        using var request = ChatClient.Post(new { message = "Hi" }, "application/json", "no-wait");
        request.Headers.Add("Prefer", "wait=0");
        var (response, body) = await User.JsonAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(200), "it has ended: there is nothing to wait for");
        Assert.That(body.GetProperty("text").GetString(), Is.EqualTo("Hi"));
    }

    [TestCase("wait = 0", "wait=0")]
    [TestCase("wait=0; x=1, wait=9", "wait=0")]
    [TestCase("RESPOND-ASYNC", "respond-async")]
    [TestCase("respond-async = \"\"", "respond-async")]
    [TestCase("wait=9, respond-async; x", "respond-async")]
    public async Task A_preference_is_read_as_its_grammar_has_it(string preference, string applied)
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        using var request = ChatClient.Post(new { message = "Hi" }, accept: "application/json");
        request.Headers.TryAddWithoutValidation("Prefer", preference);

        var (response, body) = await User.JsonAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(202));
        Assert.That(response.Headers.GetValues("Preference-Applied"), Is.EqualTo(new[] { applied }));
        await User.StopAsync(body.GetProperty("generationId").GetString()!);
    }

    [Test]
    public async Task Another_authorization_scheme_is_left_to_the_proxy()
    {
        using var request = ChatClient.Post(new { message = "Hi" }, "application/json");
        request.Headers.Authorization = new("Basic", "dTpw");

        Assert.That((int)(await User.JsonAsync(request)).Response.StatusCode, Is.EqualTo(200));
    }

    [TestCase("wait=7")]
    [TestCase("wait=\"7\"")]
    [TestCase("wait=86400")]
    [TestCase("foo; wait=0, wait=7")]
    [TestCase("return=minimal, handling=\"strict\"")]
    [TestCase(",,")]
    [TestCase("respond-later")]
    public async Task An_answer_that_ends_within_the_wait_is_200(string preference)
    {
        using var request = ChatClient.Post(new { message = "Hello" }, accept: "application/json");
        request.Headers.Add("Prefer", preference);

        var (response, body) = await User.JsonAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(body.GetProperty("text").GetString(), Is.EqualTo("Hello"));
        Assert.That(response.Headers.Location, Is.Null);
    }

    [Test]
    public async Task The_state_of_a_running_answer_is_returned_at_once()
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");

        var state = await User.FindAsync(stream.GenerationId);

        Assert.That(WireText.WithoutIds(state.GetRawText()), Is.EqualTo(
            """{"generationId":"G","conversationId":"C","messageId":"G","model":"gpt-4o","state":"running","text":"so far","reasoning":"Hm"}"""));
        await User.StopAsync(stream.GenerationId);
    }

    [Test]
    public async Task The_state_of_a_failed_answer_is_no_failure_of_the_request([Values] bool stored, [Values] bool reconnecting)
    {
        Answers("Hi", AzureErrors.RateLimited(TimeSpan.FromSeconds(9)));
        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();
        if (stored)
            await RestartAsync();

        var path = reconnecting ? "/chat/stream?message=Hi" : $"/chat/stream/{stream.GenerationId}";
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "application/json" } } };
        if (reconnecting)
            request.Headers.Add("Last-Event-ID", stream.Frames[0].Id);
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(response.Headers.RetryAfter, Is.Null);
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/json"));
        Assert.That(WireText.WithoutIds(await response.Content.ReadAsStringAsync(Token)), Is.EqualTo(
            """{"generationId":"G","conversationId":"C","messageId":"G","model":"gpt-4o","state":"ended","text":"","finishReason":"failed","failure":{"code":"rate_limited","message":"The model's rate limit has been reached.","retryAfter":9}}"""));
    }

    [Test]
    public async Task The_failure_of_a_start_that_waits_is_a_problem_with_the_answers_members()
    {
        Answers("Hi", AzureErrors.RateLimited(TimeSpan.FromSeconds(9)));

        using var response =
            await User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }, accept: "application/json"), Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(429));
        Assert.That(response.Headers.RetryAfter!.ToString(), Is.EqualTo("9"));
        Assert.That(WireText.WithoutIds(await response.Content.ReadAsStringAsync(Token)), Is.EqualTo(
            """{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"The model's rate limit has been reached.","generationId":"G","conversationId":"C","messageId":"G","model":"gpt-4o","state":"ended","text":"","finishReason":"failed","failure":{"code":"rate_limited","message":"The model's rate limit has been reached.","retryAfter":9}}"""));
    }
}
