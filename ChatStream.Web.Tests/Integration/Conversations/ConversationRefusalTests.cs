using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>Each refusal is a problem that names the faulty member, and changes nothing.</summary>
internal sealed class ConversationRefusalTests(DatabaseKind kind) : ConversationsTest(kind)
{
    private const string Head =
        "\"id\":\"x\",\"title\":\"T\",\"leafId\":\"a\",\"createdAt\":\"2026-01-01T00:00:00Z\","
        + "\"updatedAt\":\"2026-01-01T00:00:00Z\"";
    private const string User0 = "{\"id\":\"a\",\"role\":\"user\",\"text\":\"Hi\",\"createdAt\":\"2026-01-01T00:00:00Z\"}";

    [Test]
    public async Task A_refusal_is_exactly_this_problem()
    {
        var reply = await GetAsync("/conversations?limit=0");

        Assert.That((reply.Status, reply.Body), Is.EqualTo((400,
            """{"type":"about:blank","title":"Bad Request","status":400,"detail":"limit is a number from 1 to 100.","errors":{"limit":["limit is a number from 1 to 100."]}}""")));
        Assert.That(reply.Response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [TestCase("limit=101", "limit")]
    [TestCase("limit=-1", "limit")]
    [TestCase("limit=ten", "limit")]
    [TestCase("limit=", "limit")]
    [TestCase("limit=1&limit=2", "limit")]
    [TestCase("limit=99999999999999999999", "limit")]
    [TestCase("before=", "before")]
    [TestCase("before=x", "before")]
    [TestCase("before=1.", "before")]
    [TestCase("before=.AAAAAAAAAAAAAAAA", "before")]
    [TestCase("before=1.AAAAAAAAAAAAAAAA0", "before")]
    [TestCase("before=99999999999999999.AAAAAAAAAAAAAAAA", "before")]
    [TestCase("before=-99999999999999999.AAAAAAAAAAAAAAAA", "before")]
    public async Task A_list_is_refused(string query, string field)
    {
        var reply = await GetAsync($"/conversations?{query}");

        Assert.That((reply.Status, string.Join(' ', reply.Faults)), Is.EqualTo((400, field)));
    }

    [TestCase("""{"title":""}""", 400, "title")]
    [TestCase("""{"title":" \n "}""", 400, "title")]
    [TestCase("""{"title":"a\u0000b"}""", 400, "title")]
    [TestCase("""{"title":"{201}"}""", 400, "title")]
    [TestCase("""{"title":1}""", 400, "title")]
    [TestCase("""{"title":"\ud800"}""", 400, "title")]
    [TestCase("""{"leafId":"AAAAAAAAAAAAAAAA"}""", 404, "leafId")]
    [TestCase("""{"leafId":""}""", 404, "leafId")]
    [TestCase("""{"leafId":["a"]}""", 400, "leafId")]
    [TestCase("""{"name":"x"}""", 400, "name")]
    [TestCase("""{"Title":"x"}""", 400, "Title")]
    [TestCase("""[]""", 400, "body")]
    [TestCase("""null""", 400, "body")]
    [TestCase("""{"title":"x" """, 400, "body")]
    [TestCase("", 400, "body")]
    public async Task A_change_is_refused(string json, int status, string field)
    {
        var talk = await TalkAsync("Hello");
        var before = await GetAsync("/conversations");

        var reply = await SendAsync(
            HttpMethod.Patch, $"/conversations/{talk.ConversationId}",
            json.Replace("{201}", new string('x', 201), StringComparison.Ordinal));

        Assert.That((reply.Status, string.Join(' ', reply.Faults)), Is.EqualTo((status, field)));
        Assert.That((await GetAsync("/conversations")).Body, Is.EqualTo(before.Body));
    }

    [TestCase("export?format=pdf", 400, "format")]
    [TestCase("export?format=", 400, "format")]
    [TestCase("export?format=MD", 400, "format")]
    public async Task An_export_is_refused(string path, int status, string field)
    {
        var talk = await TalkAsync("Hello");

        var reply = await GetAsync($"/conversations/{talk.ConversationId}/{path}");

        Assert.That((reply.Status, string.Join(' ', reply.Faults)), Is.EqualTo((status, field)));
    }

    private static IEnumerable<TestCaseData> Imports()
    {
        static TestCaseData Case(string name, string json, string field) =>
            new TestCaseData(json, field).SetArgDisplayNames(name);
        static string Of(string head, params string[] messages) => $"{{{head},\"messages\":[{string.Join(',', messages)}]}}";
        static string Answer(string more) =>
            $$"""{"id":"b","parentId":"a","role":"assistant","text":"Ho","createdAt":"2026-01-01T00:00:00Z"{{more}}}""";

        yield return Case("nothing", "", "body");
        yield return Case("no object", "[]", "body");
        yield return Case("null", "null", "body");
        yield return Case("an empty object", "{}", "body");
        yield return Case("cut off", Of(Head, User0)[..^3], "body");
        yield return Case("no messages", Of(Head), "messages");
        yield return Case("messages null", $"{{{Head},\"messages\":null}}", "messages");
        yield return Case("messages no array", $"{{{Head},\"messages\":{{}}}}", "messages");
        yield return Case("a message null", Of(Head, User0, "null"), "messages[1]");
        yield return Case(
            "too many messages",
            Of(Head, [.. Enumerable.Range(0, 10_001).Select(i => User0.Replace("\"a\"", $"\"a{i}\"", StringComparison.Ordinal))]),
            "messages");
        yield return Case("no title", Of(Head.Replace("\"T\"", "\" \"", StringComparison.Ordinal), User0), "title");
        yield return Case("title null", Of(Head.Replace("\"T\"", "null", StringComparison.Ordinal), User0), "title");
        yield return Case(
            "a long title", Of(Head.Replace("\"T\"", $"\"{new string('x', 201)}\"", StringComparison.Ordinal), User0), "title");
        yield return Case(
            "NUL in the title", Of(Head.Replace("\"T\"", "\"a\\u0000b\"", StringComparison.Ordinal), User0), "title");
        yield return Case(
            "half a surrogate pair", Of(Head.Replace("\"T\"", "\"\\ud83d\"", StringComparison.Ordinal), User0), "title");
        yield return Case(
            "leafId of none", Of(Head.Replace("\"leafId\":\"a\"", "\"leafId\":\"z\"", StringComparison.Ordinal), User0),
            "leafId");
        yield return Case(
            "leafId null", Of(Head.Replace("\"leafId\":\"a\"", "\"leafId\":null", StringComparison.Ordinal), User0), "leafId");
        yield return Case(
            "a time that is none", Of(Head.Replace("2026-01-01", "2026-13-01", StringComparison.Ordinal), User0), "createdAt");
        yield return Case("an id twice", Of(Head, User0, User0), "messages[1].id");
        yield return Case(
            "an id null", Of(Head, User0.Replace("\"id\":\"a\"", "\"id\":null", StringComparison.Ordinal)), "messages[0].id");
        yield return Case(
            "a parent that is none",
            Of(Head, User0, Answer("").Replace("\"parentId\":\"a\"", "\"parentId\":\"z\"", StringComparison.Ordinal)),
            "messages[1].parentId");
        yield return Case("a parent that comes after", Of(Head, Answer(""), User0), "messages[0].parentId");
        yield return Case(
            "its own parent",
            Of(Head, User0, Answer("").Replace("\"parentId\":\"a\"", "\"parentId\":\"b\"", StringComparison.Ordinal)),
            "messages[1].parentId");
        yield return Case(
            "an answer to nothing", Of(Head, Answer("").Replace("\"parentId\":\"a\",", "", StringComparison.Ordinal)),
            "messages[0].parentId");
        yield return Case(
            "an unknown role", Of(Head, User0.Replace("\"user\"", "\"system\"", StringComparison.Ordinal)), "messages[0].role");
        yield return Case(
            "a role by number", Of(Head, User0.Replace("\"user\"", "7", StringComparison.Ordinal)), "messages[0].role");
        yield return Case("text null", Of(Head, User0.Replace("\"Hi\"", "null", StringComparison.Ordinal)), "messages[0].text");
        yield return Case("text a number", Of(Head, User0.Replace("\"Hi\"", "1", StringComparison.Ordinal)), "messages[0].text");
        yield return Case(
            "NUL in a text", Of(Head, User0.Replace("Hi", "H\\u0000i", StringComparison.Ordinal)), "messages[0].text");
        yield return Case("NUL in the reasoning", Of(Head, User0, Answer(",\"reasoning\":\"\\u0000\"")), "messages[1].reasoning");
        yield return Case("NUL in the model", Of(Head, User0, Answer(",\"model\":\"\\u0000\"")), "messages[1].model");
        yield return Case(
            "NUL in a failure", Of(Head, User0, Answer(",\"failure\":{\"code\":\"internal\",\"message\":\"\\u0000\"}")),
            "messages[1].failure.message");
        yield return Case("an unknown end", Of(Head, User0, Answer(",\"finishReason\":\"bored\"")), "messages[1].finishReason");
        yield return Case("an end by number", Of(Head, User0, Answer(",\"finishReason\":99")), "messages[1].finishReason");
        yield return Case(
            "a failure by number", Of(Head, User0, Answer(",\"failure\":{\"code\":99,\"message\":\"\"}")),
            "messages[1].failure.code");
        yield return Case(
            "usage with a word", Of(Head, User0, Answer(",\"usage\":{\"inputTokens\":\"many\",\"outputTokens\":1}")),
            "messages[1].usage.inputTokens");
    }

    [TestCaseSource(nameof(Imports))]
    public async Task An_import_is_refused(string json, string field)
    {
        var reply = await SendAsync(HttpMethod.Post, "/conversations/import", json);

        Assert.That((reply.Status, string.Join(' ', reply.Faults)), Is.EqualTo((400, field)), reply.Body);
        Assert.That((await GetAsync("/conversations")).Body, Is.EqualTo("""{"conversations":[]}"""));
    }

    [Test]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var talk = await TalkAsync("Hello");

        var import = await SendAsync(
            HttpMethod.Post, "/conversations/import",
            $"{{{Head},\"messages\":[{User0.Replace("Hi", new string('x', 33 * 1024 * 1024), StringComparison.Ordinal)}]}}");
        var change = await SendAsync(
            HttpMethod.Patch, $"/conversations/{talk.ConversationId}", $$"""{"title":"{{new string('x', 1_100_000)}}"}""");

        Assert.That((import.Status, string.Join(' ', import.Faults)), Is.EqualTo((413, "body")));
        Assert.That((change.Status, string.Join(' ', change.Faults)), Is.EqualTo((413, "body")));
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data")]
    public async Task A_body_that_is_not_json_is_refused(string contentType)
    {
        var talk = await TalkAsync("Hello");

        var import = await SendAsync(HttpMethod.Post, "/conversations/import", $"{{{Head},\"messages\":[{User0}]}}", contentType);
        var change = await SendAsync(HttpMethod.Patch, $"/conversations/{talk.ConversationId}", """{"title":"x"}""", contentType);

        Assert.That((import.Status, string.Join(' ', import.Faults)), Is.EqualTo((415, "Content-Type")));
        Assert.That((change.Status, string.Join(' ', change.Faults)), Is.EqualTo((415, "Content-Type")));
    }

    [TestCase("PATCH", "/conversations/{id}", "Sec-Fetch-Site", "cross-site")]
    [TestCase("PATCH", "/conversations/{id}", "Sec-Fetch-Site", "same-site")]
    [TestCase("PATCH", "/conversations/{id}", "Origin", "http://evil.example")]
    [TestCase("DELETE", "/conversations/{id}", "Sec-Fetch-Site", "cross-site")]
    [TestCase("DELETE", "/conversations/{id}", "Origin", "null")]
    [TestCase("POST", "/conversations/import", "Sec-Fetch-Site", "cross-site")]
    [TestCase("POST", "/conversations/import", "Origin", "http://evil.example")]
    public async Task Requests_from_another_site_change_nothing(string method, string path, string header, string value)
    {
        var talk = await TalkAsync("Hello");
        var before = await GetAsync("/conversations");
        using var request =
            new HttpRequestMessage(new HttpMethod(method), path.Replace("{id}", talk.ConversationId, StringComparison.Ordinal))
            {
                Content =
                new StringContent(
                    method == "POST" ? $"{{{Head},\"messages\":[{User0}]}}" : """{"title":"Theirs"}""", System.Text.Encoding.UTF8,
                    "application/json"),
                Headers = { { header, value } },
            };

        using var response = await User.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(403));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Contain($"\"errors\":{{\"{header}\":["));
        Assert.That((await GetAsync("/conversations")).Body, Is.EqualTo(before.Body));
    }

    [Test]
    public async Task An_import_accepts_everything_the_format_allows()
    {
        // Times before 1970, so that the page after it begins before that too; an unknown model; ids as long as anybody likes.
        var old = $"{{{Head},\"messages\":[{User0}]}}".Replace("2026", "1950", StringComparison.Ordinal)
            .Replace("\"a\"", $"\"{new string('a', 500)}\"", StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
            Assert.That((await SendAsync(HttpMethod.Post, "/conversations/import", old)).Status, Is.EqualTo(201));

        var first = await GetAsync("/conversations?limit=2");
        var second = await GetAsync($"/conversations?limit=2&before={first.Json.GetProperty("next").GetString()}");

        Assert.That((second.Status, second.Json.GetProperty("conversations").GetArrayLength()), Is.EqualTo((200, 1)));
    }
}
