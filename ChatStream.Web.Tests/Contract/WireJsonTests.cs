using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Contract;

internal sealed class WireJsonTests
{
    private const string Ids =
        """
        {"generationId":"gggggggggggggggg","conversationId":"cccccccccccccccc","messageId":"gggggggggggggggg"
        """;

    [Test]
    public void Start() => Check(Payloads.Start, WireJson.Wire.StartPayload,
        Ids + ""","parentId":"uuuuuuuuuuuuuuuu","model":"gpt-4o","title":"Say hello"}""");

    [Test]
    public void Status_with_and_without_detail()
    {
        Check(new StatusPayload(Phase.Analyzing), WireJson.Wire.StatusPayload, """{"phase":"analyzing"}""");
        Check(new StatusPayload(Phase.UsingTool, "search"), WireJson.Wire.StatusPayload,
            """{"phase":"using-tool","detail":"search"}""");
    }

    [Test]
    public void Usage_with_and_without_reasoning()
    {
        Check(new UsagePayload(12, 34), WireJson.Wire.UsagePayload, """{"inputTokens":12,"outputTokens":34}""");
        Check(new UsagePayload(12, 34, 0), WireJson.Wire.UsagePayload,
            """{"inputTokens":12,"outputTokens":34,"reasoningTokens":0}""");
    }

    [Test]
    public void Failure_with_and_without_a_time_to_wait()
    {
        Check(new FailurePayload(FailureCode.Internal, "Broken."), WireJson.Wire.FailurePayload,
            """{"code":"internal","message":"Broken."}""");
        Check(new FailurePayload(FailureCode.RateLimited, "Slow down.", 20), WireJson.Wire.FailurePayload,
            """{"code":"rate_limited","message":"Slow down.","retryAfter":20}""");
    }

    [Test]
    public void Finish() => Check(new FinishPayload(FinishReason.Completed), WireJson.Wire.FinishPayload,
        """{"reason":"completed"}""");

    [Test]
    public void Snapshot_with_and_without_reasoning()
    {
        Check(new SnapshotPayload("Hello"), WireJson.Wire.SnapshotPayload, """{"text":"Hello"}""");
        Check(new SnapshotPayload("Hello", "They greet."), WireJson.Wire.SnapshotPayload,
            """{"text":"Hello","reasoning":"They greet."}""");
    }

    [Test]
    public void A_running_answer_leaves_absent_members_out() => Check(Payloads.Answer, WireJson.Wire.Answer,
        Ids + ""","model":"gpt-4o","state":"running","text":"Hel"}""");

    [Test]
    public void An_ended_answer_has_all_members() => Check(
        Payloads.Answer with
        {
            State = AnswerState.Ended,
            Reasoning = "They greet.",
            FinishReason = FinishReason.Failed,
            Failure = new FailurePayload(FailureCode.RateLimited, "Slow down.", 20),
            Usage = new UsagePayload(12, 34, 5),
        },
        WireJson.Wire.Answer,
        Ids + ""","model":"gpt-4o","state":"ended","text":"Hel","reasoning":"They greet.","finishReason":"failed","failure":"""
        + """{"code":"rate_limited","message":"Slow down.","retryAfter":20}"""
        + ""","usage":{"inputTokens":12,"outputTokens":34,"reasoningTokens":5}}""");

    [Test]
    public void A_start_with_an_unknown_member_is_refused()
    {
        var request = JsonSerializer.Deserialize(
            """{"message":"Hi","conversationId":"c","parentId":"p","model":"m"}""", WireJson.Wire.StartRequest);

        Assert.That(request, Is.EqualTo(new StartRequest { Message = "Hi", ConversationId = "c", ParentId = "p", Model = "m" }));
        Assert.That(
            () => JsonSerializer.Deserialize("""{"mesage":"Hi"}""", WireJson.Wire.StartRequest), Throws.TypeOf<JsonException>());
    }

    private static void Check<T>(T payload, JsonTypeInfo<T> type, string json) =>
        Assert.That(JsonSerializer.Serialize(payload, type), Is.EqualTo(json));
}
