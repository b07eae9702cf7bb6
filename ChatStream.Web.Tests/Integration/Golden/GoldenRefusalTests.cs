using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>Starts, attaches and stops that are refused for what is in the request.</summary>
internal sealed class GoldenRefusalTests : GoldenTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Chat:ContextTokens"] = "8000";
    }

    [TestCaseSource(typeof(RefusedStart), nameof(RefusedStart.Messages))]
    [TestCaseSource(typeof(RefusedStart), nameof(RefusedStart.Bodies))]
    [TestCaseSource(typeof(RefusedStart), nameof(RefusedStart.Headers))]
    public async Task Start(RefusedStart refused)
    {
        using var request = refused.Request();
        await SendAsync(await GoldenRequest.FromAsync(request));
    }

    [TestCaseSource(nameof(Requests))]
    public Task Other(GoldenRequest request) => SendAsync(request);

    private static IEnumerable<TestCaseData> Requests() =>
    [
        Case("body over the limit", $"POST /chat/stream\nContent-Type: application/json\nContent-Length: {1024 * 1024 + 1}"),
        Case("request line over the limit", $"GET /chat/stream?message={new string('a', 8 * 1024)}"),
        Case("request line over the server's limit", $"GET /chat/stream?message={new string('a', 16 * 1024)}"),
        Case("key in another script", "POST /chat/stream\nIdempotency-Key: ключ\n\n{\"message\":\"Hi\"}"),
        Case("key twice", "POST /chat/stream\nIdempotency-Key: a\nIdempotency-Key: a\n\n{\"message\":\"Hi\"}"),
        Case("id of a frame twice", $"GET /chat/stream/{NoId}\nLast-Event-ID: {NoId}.1\nLast-Event-ID: {NoId}.1"),
        Case("unknown member in another script", "POST /chat/stream\n\n{\"messäge\":\"Hi\"}"),
        Case("HTML as the accepted type of a state", $"GET /chat/stream/{NoId}\nAccept: text/html"),
        Case("HTML as the accepted type of a GET", "GET /chat/stream?message=Hi\nAccept: text/html"),
        Case("bad id of a frame on attach", $"GET /chat/stream/{NoId}\nLast-Event-ID: 42"),
        Case("bad id of a frame in the query on attach", $"GET /chat/stream/{NoId}?lastEventId=42"),
        Case("id of a generation that is none", "GET /chat/stream/x"),
        Case("id of a generation that is none as JSON", "GET /chat/stream/x\nAccept: application/json"),
        Case("stop of an id that is none", "POST /chat/stream/x/stop"),
        Case("conversation with NUL", "POST /chat/stream\n\n{\"message\":\"Hi\",\"conversationId\":\"a\\u0000\"}"),
        Case("parent with NUL", "POST /chat/stream\n\n{\"message\":\"Hi\",\"parentId\":\"a\\u0000\"}"),
    ];

    [Test]
    public async Task Parent_of_another_conversation()
    {
        await TalkAsync();
        await TalkAsync("Ho");
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\",\"conversationId\":\"{C1}\",\"parentId\":\"{G2}\"}");
    }

    [Test]
    public async Task Nothing_to_continue()
    {
        Answers("Hi", Script.Start().Finish("stop").Done());
        await TalkAsync();
        await SendAsync("POST /chat/stream\n\n{\"parentId\":\"{G1}\"}");
    }

    [Test]
    public async Task Frame_that_was_not_sent()
    {
        using var stream = await StartStalledAsync();
        await SendAsync("GET /chat/stream/{G1}\nLast-Event-ID: {G1}.99");
        await SendAsync("GET /chat/stream/{G1}\nLast-Event-ID: {G1}.s0");
        await SendAsync("GET /chat/stream/{G1}?lastEventId={G1}.99");
        await SendAsync("POST /chat/stream/{G1}/stop");
    }

    [Test]
    public async Task What_is_anothers()
    {
        await TalkAsync();
        await ArriveAsync();
        await SendAsync("GET /chat/stream/{G1}");
        await SendAsync("GET /chat/stream/{G1}\nAccept: application/json");
        await SendAsync("POST /chat/stream/{G1}/stop");
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\",\"conversationId\":\"{C1}\"}");
        await SendAsync("GET /conversations/{C1}");
        await SendAsync("GET /chat/{C1}");
    }
}
