using System.Text;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;
using ChatStream.Web.Tests.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

internal sealed class FrameEncoderTests
{
    private const string G = "gggggggggggggggg";

    private readonly FrameEncoder _encoder = new($"{G}.");

    [Test]
    public void Start_is_frame_0_and_has_the_time_to_wait_before_reconnecting() => Check(
        _encoder.Encode(0, "start"u8, Payloads.Start, WireJson.Wire.StartPayload, withRetry: true),
        "event: start\nretry: 1000\ndata: {\"generationId\":\"gggggggggggggggg\","
        + "\"conversationId\":\"cccccccccccccccc\",\"messageId\":\"gggggggggggggggg\",\"parentId\":\"uuuuuuuuuuuuuuuu\","
        + "\"model\":\"gpt-4o\",\"title\":\"Say hello\"}\nid: gggggggggggggggg.0\n\n");

    [Test]
    public void Status() => Check(1, "status", new StatusPayload(Phase.Analyzing), WireJson.Wire.StatusPayload,
        "event: status\ndata: {\"phase\":\"analyzing\"}\nid: gggggggggggggggg.1\n\n");

    [Test]
    public void Reasoning() => CheckText(9, "reasoning", "They greet.",
        "event: reasoning\ndata: {\"text\":\"They greet.\"}\nid: gggggggggggggggg.9\n\n");

    [Test]
    public void Text_is_what_the_tutorial_sends() => CheckText(2, "", "Hello",
        "data: {\"text\":\"Hello\"}\nid: gggggggggggggggg.2\n\n");

    [Test]
    public void Text_has_no_event_name_and_stays_on_one_line() => CheckText(10, "", "Hel\nlö 😀",
        "data: {\"text\":\"Hel\\nlö 😀\"}\nid: gggggggggggggggg.10\n\n");

    [Test]
    public void Usage() => Check(2147483647, "usage", new UsagePayload(12, 34), WireJson.Wire.UsagePayload,
        "event: usage\ndata: {\"inputTokens\":12,\"outputTokens\":34}\nid: gggggggggggggggg.2147483647\n\n");

    [Test]
    public void Failure() => Check(
        12, "failure", new FailurePayload(FailureCode.ModelTimeout, "Silence."), WireJson.Wire.FailurePayload,
        "event: failure\ndata: {\"code\":\"model_timeout\",\"message\":\"Silence.\"}\nid: gggggggggggggggg.12\n\n");

    [Test]
    public void Finish() => Check(13, "finish", new FinishPayload(FinishReason.Filtered), WireJson.Wire.FinishPayload,
        "event: finish\ndata: {\"reason\":\"filtered\"}\nid: gggggggggggggggg.13\n\n");

    [Test]
    public void Stop_is_the_tutorials_literal() => Check(
        _encoder.Encode(14, "stop"u8, "stopped"u8), "event: stop\ndata: stopped\nid: gggggggggggggggg.14\n\n");

    [Test]
    public void Snapshot_has_an_id_of_its_own_kind() => Check(
        new FrameEncoder($"{G}.s").Encode(0, "snapshot"u8, new SnapshotPayload("Hello"), WireJson.Wire.SnapshotPayload),
        "event: snapshot\ndata: {\"text\":\"Hello\"}\nid: gggggggggggggggg.s0\n\n");

    [Test]
    public void A_frame_after_a_giant_one_is_whole()
    {
        var giant = new string('x', 1024 * 1024);

        CheckText(0, "", giant, $"data: {{\"text\":\"{giant}\"}}\nid: {G}.0\n\n");
        CheckText(1, "", "y", $"data: {{\"text\":\"y\"}}\nid: {G}.1\n\n");
    }

    private void CheckText(int number, string name, string text, string wire) =>
        Check(_encoder.EncodeText(number, Encoding.ASCII.GetBytes(name), text), wire);

    private void Check<T>(int number, string name, T payload, JsonTypeInfo<T> type, string wire) =>
        Check(_encoder.Encode(number, Encoding.ASCII.GetBytes(name), payload, type), wire);

    private static void Check(ReadOnlySpan<byte> frame, string wire) =>
        Assert.That(Encoding.UTF8.GetString(frame), Is.EqualTo(wire));
}
