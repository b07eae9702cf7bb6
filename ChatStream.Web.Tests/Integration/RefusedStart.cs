using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A refused start, and its problem.</summary>
/// <param name="Request">Creates the request.</param>
/// <param name="Status">The status of the problem.</param>
/// <param name="Field">The member that the problem names.</param>
/// <param name="Detail">A part of the detail.</param>
internal sealed record RefusedStart(Func<HttpRequestMessage> Request, int Status, string Field, string Detail)
{
    private const string NoId = "AAAAAAAAAAAAAAAA";

    public static IEnumerable<TestCaseData> Messages() =>
    [
        Post("empty message", """{"message":""}""", 400, "message", "The message is empty."),
        Post("blank message", """{"message":" \n\t\u3000"}""", 400, "message", "The message is empty."),
        Post("invisible message", """{"message":"\u3164 \u200b\u2800"}""", 400, "message", "The message is empty."),
        Post("no message", "{}", 400, "message", "A message is needed, or the parentId of a message"),
        Post("null message", """{"message":null}""", 400, "message", "A message is needed"),
        Post("NUL in the message", """{"message":"a\u0000b"}""", 400, "message", "The message has a NUL character in it."),
        Post(
            "message too long", $$"""{"message":"{{string.Concat(Enumerable.Repeat("so ", 9_000))}}"}""", 400, "message",
            "tokens long; at most 8000 fit."),
        Post("half a pair of surrogates", """{"message":"\ud83d"}""", 400, "message", "not of the right kind"),
        Get("GET without message", "", 400, "message", "A message is needed"),
        Get("GET with an empty message", "?message=", 400, "message", "The message is empty."),
        Get("GET with NUL", "?message=a%00b", 400, "message", "NUL"),
        Post(
            "unknown model", """{"message":"Hi","model":"gpt-9"}""", 400, "model",
            "There is no such model. GET /models lists those there are."),
        Post("empty model", """{"message":"Hi","model":""}""", 400, "model", "There is no such model."),
        Get("GET with an unknown model", "?message=Hi&model=gpt-9", 400, "model", "There is no such model."),
        Post(
            "unknown conversation", $$"""{"message":"Hi","conversationId":"{{NoId}}"}""", 404, "conversationId",
            "There is no such conversation."),
        Post(
            "a conversation id that is none", """{"message":"Hi","conversationId":"../../etc"}""", 404, "conversationId",
            "There is no such conversation."),
        Get(
            "GET with an unknown conversation", $"?message=Hi&conversationId={NoId}", 404, "conversationId",
            "There is no such conversation."),
        Post(
            "unknown parent", $$"""{"message":"Hi","parentId":"{{NoId}}"}""", 404, "parentId",
            "There is no such message or conversation."),
        Post(
            "unknown parent and conversation", $$"""{"message":"Hi","conversationId":"{{NoId}}","parentId":"BBBBBBBBBBBBBBBB"}""",
            404, "parentId", "There is no such message in this conversation."),
        Post(
            "unknown parent, no message", $$"""{"parentId":"{{NoId}}"}""", 404, "parentId",
            "There is no such message or conversation."),
    ];

    public static IEnumerable<TestCaseData> Bodies() =>
    [
        Post(
            "number for a message", """{"message":5}""", 400, "message",
            "'message' is not a member that is known here, or its value is not of the right kind."),
        Post("object for a message", """{"message":{"text":"Hi"}}""", 400, "message", "not of the right kind"),
        Post("array for a model", """{"message":"Hi","model":[]}""", 400, "model", "not of the right kind"),
        Post(
            "number for a conversation", """{"message":"Hi","conversationId":1}""", 400, "conversationId",
            "not of the right kind"),
        Post("boolean for a parent", """{"message":"Hi","parentId":true}""", 400, "parentId", "not of the right kind"),
        Post("a member twice", """{"message":"Hi","message":"Ho"}""", 400, "message", "'message' is given more than once."),
        Post(
            "a member twice, once in other letters", """{"message":"Hi","mess\u0061ge":"Ho"}""", 400, "message",
            "'message' is given more than once."),
        Post("a member in capitals", """{"Message":"Hi"}""", 400, "Message", "'Message' is not a member that is known here"),
        Post("a comma at the end", """{"message":"Hi",}""", 400, "body", "The body is not a JSON object"),
        Post("single quotes", "{'message':'Hi'}", 400, "body", "The body is not a JSON object"),
        Post("not a number", """{"message":NaN}""", 400, "body", "The body is not a JSON object"),
        Post("a number beyond all", """{"message":1e999999}""", 400, "message", "not of the right kind"),
        Post("a word for a truth", """{"message":"Hi","temporary":"true"}""", 400, "temporary", "not of the right kind"),
        Post("100,000 levels", new string('[', 100_000), 400, "body", "The body is not a JSON object"),
        Post(
            "100 levels of a member that is not known", $$"""{"x":{{new string('[', 100)}}""", 400, "x",
            "'x' is not a member that is known here"),
        Post("unknown member", """{"massage":"Hi"}""", 400, "massage", "'massage' is not a member that is known here"),
        Post(
            "malformed JSON", """{"message":"Hi" """, 400, "body",
            "The body is not a JSON object of the expected form (line 1, byte"),
        Post("malformed JSON on line 2", "{\n\"message\" \"Hi\"}", 400, "body", "(line 2, byte"),
        Post("more than one value", """{"message":"Hi"}{}""", 400, "body", "The body is not a JSON object"),
        Post("array", """[{"message":"Hi"}]""", 400, "body", "The body is not a JSON object"),
        Post("string", "\"Hi\"", 400, "body", "The body is not a JSON object"),
        Post("null", "null", 400, "body", "The body must be a JSON object."),
        Post("nothing", "", 400, "body", "The body is not a JSON object"),
        Post("comments", """{"message":"Hi"/* there */}""", 400, "body", "The body is not a JSON object"),
        Case("UTF-8 that is none", () =>
            Bytes([.. "{\"message\":\""u8, 0xFF, .. "\"}"u8]), 400, "message", "not of the right kind"),
        Post("text", "Hi", 415, "Content-Type", "The body must be application/json.", type: "text/plain"),
        Post(
            "form", "message=Hi", 415, "Content-Type", "The body must be application/json.",
            type: "application/x-www-form-urlencoded"),
        Case(
            "no content type", () => new(HttpMethod.Post, "/chat/stream") { Content = new ByteArrayContent("{}"u8.ToArray()) },
            415, "Content-Type", "must be application/json"),
        Case("no body", () => new(HttpMethod.Post, "/chat/stream"), 415, "Content-Type", "must be application/json"),
    ];

    public static IEnumerable<TestCaseData> Headers() =>
    [
        With("HTML only", "Accept", "text/html", 406, "Accept", "The answer can be text/event-stream or application/json."),
        With("an Accept that cannot be read", "Accept", "nonsense", 406, "Accept", "text/event-stream or application/json"),
        With("nothing wanted", "Accept", "*/*;q=0", 406, "Accept", "text/event-stream or application/json"),
        With("wait for a word", "Prefer", "wait=soon", 400, "Prefer", "wait takes whole seconds"),
        With("wait for less than nothing", "Prefer", "wait=-1", 400, "Prefer", "wait takes whole seconds"),
        With("wait for half a second", "Prefer", "wait=0.5", 400, "Prefer", "wait takes whole seconds"),
        With("wait for two days", "Prefer", "wait=172800", 400, "Prefer", "at most a day of them"),
        With(
            "a key of 201 characters", "Idempotency-Key", new string('k', 201), 400, "Idempotency-Key",
            "at most 200 visible ASCII characters"),
        With("a key with a space", "Idempotency-Key", "a key", 400, "Idempotency-Key", "visible ASCII"),
        Get(
            "a key of 201 characters in the query", $"?message=Hi&idempotencyKey={new string('k', 201)}", 400, "idempotencyKey",
            "at most 200"),
        Get("a key in another script in the query", "?message=Hi&idempotencyKey=%D0%BA", 400, "idempotencyKey", "visible ASCII"),
        With("a frame id that is none", "Last-Event-ID", "42", 400, "Last-Event-ID", "This is not the id of a frame"),
        With("a frame id with a sign", "Last-Event-ID", $"{NoId}.-1", 400, "Last-Event-ID", "not the id of a frame"),
        With("a frame id with a leading zero", "Last-Event-ID", $"{NoId}.01", 400, "Last-Event-ID", "not the id of a frame"),
        With("a frame id without a number", "Last-Event-ID", $"{NoId}.s", 400, "Last-Event-ID", "not the id of a frame"),
        With("a frame id too large", "Last-Event-ID", $"{NoId}.2147483648", 400, "Last-Event-ID", "not the id of a frame"),
        Get("a frame id in the query that is none", "?message=Hi&lastEventId=42", 400, "lastEventId", "not the id of a frame"),
        Case("the header wins over the query", () =>
            new(HttpMethod.Get, $"/chat/stream?message=Hi&lastEventId={NoId}.1") { Headers = { { "Last-Event-ID", "bad" } } },
            400, "Last-Event-ID", "not the id of a frame"),
        With(
            "a frame of an unknown generation", "Last-Event-ID", $"{NoId}.1", 404, "generationId",
            "There is no such generation."),
        Get(
            "a frame of an unknown generation in the query", $"?message=Hi&lastEventId={NoId}.1", 404, "generationId",
            "There is no such generation."),
        Case("attach to an unknown generation", () =>
            new(HttpMethod.Get, $"/chat/stream/{NoId}"), 404, "generationId", "There is no such generation."),
        Case("attach with a frame of another generation", () =>
            new(HttpMethod.Get, $"/chat/stream/{NoId}") { Headers = { { "Last-Event-ID", "BBBBBBBBBBBBBBBB.1" } } },
            400, "Last-Event-ID", "The id is a frame's of another generation."),
        Case("the state of an unknown generation", () =>
            new(HttpMethod.Get, $"/chat/stream/{NoId}") { Headers = { { "Accept", "application/json" } } },
            404, "generationId", "There is no such generation."),
        Case("stop of an unknown generation", () =>
            new(HttpMethod.Post, $"/chat/stream/{NoId}/stop"), 404, "generationId", "There is no such generation."),
    ];

    private static TestCaseData Post(
        string name, string body, int status, string field, string detail, string type = "application/json") =>
        Case(
            name, () => new(HttpMethod.Post, "/chat/stream") { Content = new StringContent(body, Encoding.UTF8, type) }, status,
            field, detail);

    private static TestCaseData Get(string name, string query, int status, string field, string detail) =>
        Case(name, () => new(HttpMethod.Get, $"/chat/stream{query}"), status, field, detail);

    private static TestCaseData With(string name, string header, string value, int status, string field, string detail) =>
        Case(name, () =>
    {
        var request = ChatClient.PostRaw("""{"message":"Hi"}""");
        request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }, status, field, detail);

    private static HttpRequestMessage Bytes(byte[] body) => new(HttpMethod.Post, "/chat/stream")
    {
        Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } },
    };

    private static TestCaseData Case(string name, Func<HttpRequestMessage> request, int status, string field, string detail) =>
        new TestCaseData(new RefusedStart(request, status, field, detail)).SetArgDisplayNames(name);
}
