using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>The routes of conversations.</summary>
internal sealed class GoldenConversationTests : GoldenTest
{
    private const string Head =
        """
        "id":"x","title":"T","leafId":"a","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00.5Z"
        """;

    private const string Question = """{"id":"a","role":"user","text":"Hi","createdAt":"2026-01-01T00:00:00Z"}""";

    [Test]
    public async Task List_and_search()
    {
        // Of one time, they would be in the order of their ids.
        await ImportAsync("One \\\"é\\\" ☕", "2026-01-01");
        await ImportAsync("机器学习", "2026-01-03");
        await ImportAsync("Two", "2026-01-02");
        await SendAsync("GET /conversations");
        var page = await SendAsync("GET /conversations?limit=2");
        var next = page.Body.Split("\"next\":\"")[1].Split('"')[0];
        await SendAsync($"GET /conversations?limit=2&before={next}".Replace(IdOf("{C3}"), "{C3}", StringComparison.Ordinal));
        await SendAsync("GET /conversations?q=%E5%AD%A6%E4%B9%A0");
        await SendAsync("GET /conversations?q=two");
        await SendAsync("GET /conversations?q=nowhere");
        await SendAsync("GET /conversations?q=");
        await SendAsync("GET /conversations?q=%21");
        await SendAsync("GET /\nAccept: text/html");
    }

    [Test]
    public async Task Empty_list() => await SendAsync("GET /conversations");

    [Test]
    public async Task Tree_and_change()
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Text("as \"far\" 🎉").Finish("length").Usage(3, 4, 1).Done());
        Answers("Ho", AzureErrors.RateLimited(TimeSpan.FromSeconds(30)));
        await TalkAsync();
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Ho\",\"parentId\":\"{G1}\"}");
        await SendAsync("GET /conversations/{C1}");
        await SendAsync("PATCH /conversations/{C1}\n\n{\"title\":\" Numbers \"}");
        await SendAsync("PATCH /conversations/{C1}\n\n{\"leafId\":\"{M1}\"}");
        await SendAsync("PATCH /conversations/{C1}\n\n{\"title\":null,\"leafId\":\"{G1}\"}");
        await SendAsync("PATCH /conversations/{C1}\n\n{}");
        await SendAsync("GET /conversations/{C1}/export");
        await SendAsync("GET /conversations/{C1}/export?format=md");
        await SendAsync("GET /conversations/{C1}/export?format=json");
    }

    [Test]
    public async Task Export_of_a_title_in_another_script()
    {
        await TalkAsync();
        await SendAsync("PATCH /conversations/{C1}\n\n{\"title\":\"机器 / \\\"limit\\\": why?\"}");
        await SendAsync("GET /conversations/{C1}/export?format=md");
        await SendAsync("GET /conversations/{C1}/export?format=json");
    }

    [Test]
    public async Task What_runs()
    {
        using var stream = await StartStalledAsync();
        await SendAsync("GET /conversations");
        await SendAsync("GET /conversations/{C1}");
        await SendAsync("GET /conversations/{C1}/export?format=md");
        await SendAsync("DELETE /conversations/{C1}");
        await SendAsync("GET /chat/stream/{G1}");
        await EndAsync(stream);
    }

    [Test]
    public async Task Delete()
    {
        await TalkAsync();
        await SendAsync("DELETE /conversations/{C1}");
        await SendAsync("DELETE /conversations/{C1}");
        await SendAsync("GET /conversations/{C1}");
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
        await SendAsync("GET /conversations");
    }

    [Test]
    public async Task Import()
    {
        await SendAsync(Of(With(Head, "\"leafId\":\"a\"", "\"leafId\":\"b\""), Question, Answer("""
            ,"reasoning":"Hm","model":"gpt-9","state":"ended","finishReason":"failed",
            "failure":{"code":"rate_limited","message":"Slow.","retryAfter":9},
            "usage":{"inputTokens":1,"outputTokens":2,"reasoningTokens":3}
            """)));
        await SendAsync("GET /conversations/{C1}");
        await SendAsync("GET /chat/{C1}\nAccept: text/html");
        await SendAsync(Of(Head, Question, Answer("")));
    }

    [TestCaseSource(nameof(Refusals))]
    public Task Refused(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> Refusals()
    {
        static TestCaseData Import(string name, string head, params string[] messages) =>
            Case($"import {name}", Of(head, messages));

        string[] queries = ["limit=0", "limit=101", "limit=-1", "limit=ten", "limit=", "limit=1&limit=2"];
        string[] cursors = ["before=", "before=x", "before=1.x", $"before=99999999999999999.{NoId}"];
        foreach (var query in queries.Concat(cursors))
            yield return Case($"list {query}", $"GET /conversations?{query}");

        yield return Case("tree of an unknown one", $"GET /conversations/{NoId}");
        yield return Case("change of an unknown one", $"PATCH /conversations/{NoId}\n\n{{\"title\":\"x\"}}");
        yield return Case("delete of an unknown one", $"DELETE /conversations/{NoId}");
        yield return Case("export of an unknown one", $"GET /conversations/{NoId}/export");
        yield return Case("export as pdf", $"GET /conversations/{NoId}/export?format=pdf");
        yield return Case("export as nothing", $"GET /conversations/{NoId}/export?format=");
        yield return Case("change that is text", $"PATCH /conversations/{NoId}\nContent-Type: text/plain\n\nx");
        yield return Case("change from another site", $"PATCH /conversations/{NoId}\nSec-Fetch-Site: cross-site\n\n{{}}");
        yield return Case("delete from another origin", $"DELETE /conversations/{NoId}\nOrigin: null");
        yield return Case("change over the limit",
            $"PATCH /conversations/{NoId}\nContent-Type: application/json\nContent-Length: {1024 * 1024 + 1}");
        yield return Case("import over the limit",
            $"POST /conversations/import\nContent-Type: application/json\nContent-Length: {32 * 1024 * 1024 + 1}");
        yield return Case("import of a form", "POST /conversations/import\nContent-Type: multipart/form-data\n\nx");
        yield return Case("import from another site",
            $"POST /conversations/import\nSec-Fetch-Site: same-site\n\n{{{Head},\"messages\":[{Question}]}}");
        yield return Case("import of nothing", "POST /conversations/import\nContent-Type: application/json");
        yield return Case("import of null", "POST /conversations/import\n\nnull");
        yield return Case("import of an array", "POST /conversations/import\n\n[]");
        yield return Case("import of an empty object", "POST /conversations/import\n\n{}");
        yield return Import("without messages", Head);
        yield return Import("with null for a message", Head, Question, "null");
        yield return Import("without a title", With(Head, "\"T\"", "\" \""), Question);
        yield return Import("with null for a title", With(Head, "\"T\"", "null"), Question);
        yield return Import("with a long title", With(Head, "\"T\"", $"\"{new string('x', 201)}\""), Question);
        yield return Import("with an unknown leaf", With(Head, "\"leafId\":\"a\"", "\"leafId\":\"z\""), Question);
        yield return Import("with a wrong time", With(Head, "2026-01-01", "2026-13-01"), Question);
        yield return Import("with an unknown member", Head + ",\"owner\":\"ada\"", Question);
        yield return Import("with an unknown member of a message", Head, Question[..^1] + ",\"ownerId\":\"ada\"}");
        yield return Import("with an id twice", Head, Question, Question);
        yield return Import("with an unknown parent",
            Head, Question, With(Answer(""), "\"parentId\":\"a\"", "\"parentId\":\"z\""));
        yield return Import("with an answer to nothing", Head, With(Answer(""), "\"parentId\":\"a\",", ""));
        yield return Import("with an unknown role", Head, With(Question, "\"user\"", "\"system\""));
        yield return Import("with a role by number", Head, With(Question, "\"user\"", "7"));
        yield return Import("with NUL in a text", Head, With(Question, "Hi", "H\\u0000i"));
        yield return Import("with a number for a text", Head, With(Question, "\"Hi\"", "1"));
        yield return Import("with an unknown end", Head, Question, Answer(",\"finishReason\":\"bored\""));
        yield return Import("with an end by number", Head, Question, Answer(",\"finishReason\":99"));
        yield return Import("with a failure by number", Head, Question, Answer(",\"failure\":{\"code\":99,\"message\":\"\"}"));
    }

    [TestCaseSource(nameof(Changes))]
    public async Task Change(string json)
    {
        await TalkAsync();
        await SendAsync($"PATCH /conversations/{{C1}}\nContent-Type: application/json\n\n{json}");
    }

    private static IEnumerable<TestCaseData> Changes()
    {
        static TestCaseData Of(string name, string json) => new TestCaseData(json).SetArgDisplayNames(name);

        yield return Of("blank title", """{"title":" \n "}""");
        yield return Of("NUL in the title", """{"title":"a\u0000b"}""");
        yield return Of("long title", $$"""{"title":"{{new string('x', 201)}}"}""");
        yield return Of("number for a title", """{"title":1}""");
        yield return Of("unknown leaf", $$"""{"leafId":"{{NoId}}"}""");
        yield return Of("array for a leaf", """{"leafId":["a"]}""");
        yield return Of("unknown member", """{"name":"x"}""");
        yield return Of("array", "[]");
        yield return Of("null", "null");
        yield return Of("malformed", """{"title":"x" """);
        yield return Of("nothing", "");
    }

    private Task<GoldenExchange> ImportAsync(string title, string day) =>
        SendAsync(Of(With(With(Head, "\"T\"", $"\"{title}\""), "2026-01-01", day), Question));

    private static string With(string text, string old, string other) => text.Replace(old, other, StringComparison.Ordinal);

    private static string Of(string head, params string[] messages) =>
        $"POST /conversations/import\n\n{{{head},\"messages\":[{string.Join(',', messages)}]}}";

    private static string Answer(string more) =>
        $$"""{"id":"b","parentId":"a","role":"assistant","text":"Ho","createdAt":"2026-01-01T00:00:00Z"{{more}}}""";
}
