using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

internal sealed class StartRefusalTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup) => setup.Settings["Chat:ContextTokens"] = "8000";

    [TestCaseSource(typeof(RefusedStart), nameof(RefusedStart.Messages))]
    [TestCaseSource(typeof(RefusedStart), nameof(RefusedStart.Bodies))]
    [TestCaseSource(typeof(RefusedStart), nameof(RefusedStart.Headers))]
    public async Task A_problem_names_the_field_and_nothing_is_started(RefusedStart refused)
    {
        using var request = refused.Request();

        using var response = await User.Http.SendAsync(request, Token);

        await ExpectAsync(response, refused.Status, refused.Field, refused.Detail);
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task A_problem_has_exactly_this_text()
    {
        using var response = await User.Http.SendAsync(ChatClient.PostRaw("""{"messäge":"Hi"}"""), Token);

        Assert.That(await response.Content.ReadAsStringAsync(Token), Is.EqualTo(
            """{"type":"about:blank","title":"Bad Request","status":400,"detail":"'messäge' is not a member that is known here, or its value is not of the right kind.","errors":{"messäge":["'messäge' is not a member that is known here, or its value is not of the right kind."]}}"""));
        Assert.That(response.Headers.CacheControl!.NoStore);
    }

    [Test]
    public async Task A_body_over_the_limit_is_refused_before_it_is_sent()
    {
        var answer = await AnswerToAsync($"Content-Type: application/json\r\nContent-Length: {1024 * 1024 + 1}\r\n\r\n");

        Assert.That(
            answer,
            Does.StartWith("HTTP/1.1 413 ").And.Contains("\"errors\":{\"body\":[\"The body is larger than 1048576 bytes.\"]}"));
    }

    [Test]
    public async Task A_chunked_body_is_refused_at_the_limit()
    {
        var chunk = new string(' ', 64 * 1024);

        var answer = await AnswerToAsync("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + string.Concat(Enumerable.Repeat($"{chunk.Length:x}\r\n{chunk}\r\n", 17)));

        Assert.That(
            answer,
            Does.StartWith("HTTP/1.1 413 ").And.Contains("\"errors\":{\"body\":[\"The body is larger than 1048576 bytes.\"]}"));
    }

    /// <summary>
    /// A proxy sends on while the refusal is on its way. If the connection were closed then, its client would be told 502.
    /// </summary>
    [TestCase("Content-Length: 8388608")]
    [TestCase("Transfer-Encoding: chunked")]
    public async Task The_rest_of_a_body_over_the_limit_is_taken_before_the_connection_serves_on(string length)
    {
        using var connection = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token);
        var host = App.Address.Authority;
        await connection.SendAsync(
            $"POST /chat/stream HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{length}\r\n\r\n", Token);
        var part = new string(' ', 64 * 1024);
        var isChunked = length.EndsWith("chunked", StringComparison.Ordinal);
        var body = string.Concat(Enumerable.Repeat(isChunked ? $"{part.Length:x}\r\n{part}\r\n" : part, 128));
        await connection.SendAsync(
            body + (isChunked ? "0\r\n\r\n" : "") + $"GET /models HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", Token);

        Assert.That(
            await connection.ReadAvailableAsync(Token), Does.StartWith("HTTP/1.1 413 ").And.Contains("HTTP/1.1 200 OK\r\n"));
    }

    [Test]
    public async Task A_key_in_another_script_is_refused()
    {
        var answer = await AnswerToAsync(
            "Idempotency-Key: ключ\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"message\":\"Hi\"}");

        Assert.That(
            answer,
            Does.StartWith("HTTP/1.1 400 ")
            .And.Contains("""{"Idempotency-Key":["A key has at most 200 visible ASCII characters."]}"""));
    }

    [Test]
    public async Task A_body_of_exactly_the_limit_is_read()
    {
        var body = """{"message":"Hi"}""".PadRight(1024 * 1024);

        using var response = await User.Http.SendAsync(ChatClient.PostRaw(body), Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
    }

    [TestCase(8192, 200)]
    [TestCase(8193, 414)]
    public async Task A_request_line_may_be_8_kilobytes_long(int length, int status)
    {
        // GET /chat/stream?message=… HTTP/1.1
        using var response = await User.Http.GetAsync(
            $"/chat/stream?message={new string('a', length - "GET /chat/stream?message= HTTP/1.1".Length)}", Token);

        if (status == 414)
            await ExpectAsync(response, 414, "message", "The request line is longer than 8192 bytes: POST the message instead.");
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task A_parent_that_still_runs_is_refused_with_its_generation()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        await using var running = await User.StartAsync("Hi");
        await running.UntilTextAsync("a");

        foreach (var body in new object[]
        {
            new { message = "And?", conversationId = running.ConversationId },
            new { message = "And?", parentId = running.GenerationId },
            new { parentId = running.GenerationId },
        })
        {
            var (response, problem) = await User.JsonAsync(ChatClient.Post(body));
            Assert.That((int)response.StatusCode, Is.EqualTo(409));
            Assert.That(problem.GetProperty("generationId").GetString(), Is.EqualTo(running.GenerationId));
            Assert.That(
                problem.GetProperty("errors").GetProperty("parentId")[0].GetString(),
                Is.EqualTo("The answer that this would follow is still running."));
        }
        await User.StopAsync(running.GenerationId);
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task An_answer_without_text_is_not_continued()
    {
        Answers("Hi", Script.Start().Finish("stop").Done());
        var empty = await User.AskAsync("Hi");

        using var response =
            await User.Http.SendAsync(ChatClient.Post(new { parentId = empty.GetProperty("messageId").GetString() }), Token);

        await ExpectAsync(response, 400, "parentId", "This answer has no text to continue.");
    }

    [Test]
    public async Task A_parent_of_another_conversation_is_404()
    {
        var one = await User.AskAsync("one");
        var two = await User.AskAsync("two");

        using var response = await User.Http.SendAsync(ChatClient.Post(new
        {
            message = "Hi",
            conversationId = one.GetProperty("conversationId").GetString(),
            parentId = two.GetProperty("messageId").GetString(),
        }), Token);

        await ExpectAsync(response, 404, "parentId", "There is no such message in this conversation.");
    }

    [Test]
    public async Task Ids_of_another_user_are_404()
    {
        var theirs = await User.AskAsync("secret");
        var (id, conversation) =
            (theirs.GetProperty("generationId").GetString()!, theirs.GetProperty("conversationId").GetString());
        using var other = App.NewUser();
        await other.IdentifyAsync();

        async Task<int> StatusAsync(HttpRequestMessage request)
        {
            using var response = await other.Http.SendAsync(request, Token);
            Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Not.Contain("secret"));
            return (int)response.StatusCode;
        }
        Assert.That(await StatusAsync(new(HttpMethod.Get, $"/chat/stream/{id}")), Is.EqualTo(404), "attach");
        Assert.That(
            await StatusAsync(new(HttpMethod.Get, $"/chat/stream/{id}") { Headers = { { "Accept", "application/json" } } }),
            Is.EqualTo(404), "state");
        Assert.That(
            await StatusAsync(new(HttpMethod.Get, "/chat/stream?message=Hi") { Headers = { { "Last-Event-ID", $"{id}.1" } } }),
            Is.EqualTo(404), "reconnect");
        Assert.That(await StatusAsync(new(HttpMethod.Post, $"/chat/stream/{id}/stop")), Is.EqualTo(404), "stop");
        Assert.That(await StatusAsync(new(HttpMethod.Get, $"/chat/{conversation}")), Is.EqualTo(404), "page");
        Assert.That(
            await StatusAsync(ChatClient.Post(new { message = "Hi", conversationId = conversation })), Is.EqualTo(404),
            "conversation");
        Assert.That(await StatusAsync(ChatClient.Post(new { message = "Hi", parentId = id })), Is.EqualTo(404), "parent");
        Assert.That(await StatusAsync(ChatClient.Post(new { parentId = id })), Is.EqualTo(404), "regenerate");
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task The_same_key_of_another_user_is_another_key()
    {
        var (_, mine) = await User.JsonAsync(ChatClient.Post(new { message = "mine" }, "application/json", "key"));
        using var other = App.NewUser();

        var (_, theirs) = await other.JsonAsync(ChatClient.Post(new { message = "theirs" }, "application/json", "key"));

        Assert.That(mine.GetProperty("text").GetString(), Is.EqualTo("mine"));
        Assert.That(theirs.GetProperty("text").GetString(), Is.EqualTo("theirs"));
    }

    [TestCase("DELETE", "/chat/stream")]
    [TestCase("POST", "/chat/stream/AAAAAAAAAAAAAAAA")]
    [TestCase("POST", "/models")]
    public async Task A_method_that_a_resource_does_not_have_is_a_problem_too(string method, string path)
    {
        using var request =
            new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Accept", "text/event-stream" } } };

        using var response = await User.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(405));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
    }

    private async Task<string> AnswerToAsync(string headersAndBody)
    {
        using var connection = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token);
        await connection.SendAsync($"POST /chat/stream HTTP/1.1\r\nHost: {App.Address.Authority}\r\n{headersAndBody}", Token);
        return await connection.ReadUntilAsync("]}}", Token);
    }

    private static async Task ExpectAsync(HttpResponseMessage response, int status, string field, string detail)
    {
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.That((int)response.StatusCode, Is.EqualTo(status), text);
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo(status));
            Assert.That(problem.GetProperty("detail").GetString(), Does.Contain(detail));
            Assert.That(
                problem.GetProperty("errors").GetProperty(field)[0].GetString(),
                Is.EqualTo(problem.GetProperty("detail").GetString()));
        });
    }
}
