using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>Each way to start an answer, and what the answer to it looks like.</summary>
internal sealed class GoldenStartTests : GoldenTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Models:0:Name"] = "mini";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "gpt-4o-mini";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    [TestCaseSource(nameof(Shapes))]
    public Task Shape(GoldenRequest request)
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Text("Hello \"you\" — 是 🙂 <b>\n")
            .Finish("stop").Usage(12, 7, reasoning: 4).Done());
        return SendAsync(request);
    }

    private static IEnumerable<TestCaseData> Shapes() =>
    [
        Case("GET", "GET /chat/stream?message=Hi"),
        Case("GET as EventSource",
            "GET /chat/stream?message=Hi\nAccept: text/event-stream\nCache-Control: no-cache\nSec-Fetch-Site: same-origin"),
        Case("GET as JSON", "GET /chat/stream?message=Hi\nAccept: application/json"),
        Case("GET with a key and a model", "GET /chat/stream?message=Hi&idempotencyKey=one&model=mini"),
        Case("POST", "POST /chat/stream\n\n{\"message\":\"Hi\"}"),
        Case("POST as events", "POST /chat/stream\nAccept: text/event-stream\n\n{\"message\":\"Hi\"}"),
        Case("POST as JSON", "POST /chat/stream\nAccept: application/json\n\n{\"message\":\"Hi\"}"),
        Case("POST with a model", "POST /chat/stream\n\n{\"message\":\"Hi\",\"model\":\"MINI\"}"),
        Case("POST in time", "POST /chat/stream\nAccept: application/json\nPrefer: wait=7\n\n{\"message\":\"Hi\"}"),
    ];

    [Test]
    public async Task Token_by_token()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Reasoning("Let").Wait(gate).Reasoning(" me see").Wait(gate).Text("Hel").Wait(gate).Text("lo")
            .Finish("stop").Usage(3, 4).Done());
        var stream = await OpenAsync("POST /chat/stream\n\n{\"message\":\"Hi\"}");
        foreach (var piece in new[] { "Let", "me see", "Hel" })
        {
            await stream.ReadUntilAsync(piece, Token);
            gate.LetOne();
        }
        await EndAsync(stream);
    }

    [TestCase("application/json")]
    [TestCase("text/event-stream")]
    public async Task Respond_async(string accept)
    {
        Answers("Wait", Script.Silent().Stall());
        await SendAsync($$"""
            POST /chat/stream
            Accept: {{accept}}
            Prefer: respond-async

            {"message":"Wait"}
            """);
        await SendAsync("POST /chat/stream/{G1}/stop");
    }

    [Test]
    public async Task A_second_message()
    {
        await TalkAsync();
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hello\",\"conversationId\":\"{C1}\"}");
        await SendAsync("GET /chat/stream?message=Ho&conversationId={C1}");
    }

    [Test]
    public async Task Edit_answer_again_and_continue()
    {
        Answers("Hi", Script.Start().Text("as far").Finish("length").Done());
        await TalkAsync();
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hello\",\"parentId\":\"{C1}\"}");
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\",\"parentId\":\"{G1}\",\"conversationId\":\"{C1}\"}");
        Answers(
            "Go on with your last answer exactly where it ends. Repeat nothing of it, and say nothing about going on.",
            Script.Answer("more"));
        await SendAsync("POST /chat/stream\n\n{\"parentId\":\"{G1}\"}");
        await SendAsync("POST /chat/stream\n\n{\"parentId\":\"{M1}\"}");
    }

    [Test]
    public async Task Repeat_with_a_key()
    {
        await SendAsync("POST /chat/stream\nIdempotency-Key: one\n\n{\"message\":\"Hi\"}");
        await SendAsync("POST /chat/stream\nIdempotency-Key: one\n\n{\"message\":\"Hi\"}");
        await SendAsync("POST /chat/stream\nIdempotency-Key: one\nAccept: application/json\n\n{\"message\":\"Hi\"}");
        await SendAsync("POST /chat/stream\nIdempotency-Key: one\nPrefer: respond-async\n\n{\"message\":\"Hi\"}");
        await SendAsync("GET /chat/stream?message=Hi&idempotencyKey=one");
        await SendAsync("POST /chat/stream\nIdempotency-Key: one\n\n{\"message\":\"Hello\"}");
        await SendAsync("GET /chat/stream?message=Hello&idempotencyKey=one");
        await RestartAsync();
        await SendAsync("POST /chat/stream\nIdempotency-Key: one\n\n{\"message\":\"Hi\"}");
        await SendAsync("POST /chat/stream\nIdempotency-Key: one\nAccept: application/json\n\n{\"message\":\"Hi\"}");
    }

    [Test]
    public async Task An_answer_still_runs()
    {
        using var stream = await StartStalledAsync();
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\",\"conversationId\":\"{C1}\"}");
        await SendAsync("POST /chat/stream\n\n{\"message\":\"Hi\",\"parentId\":\"{G1}\"}");
        await SendAsync("POST /chat/stream\nAccept: application/json\n\n{\"parentId\":\"{G1}\"}");
        await SendAsync("POST /chat/stream/{G1}/stop");
    }
}
