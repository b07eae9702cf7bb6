using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Contract;

internal sealed class ClosedSetTests
{
    [Test]
    public void Finish_reasons_are_those_of_the_contract() => Assert.That(
        Names(
            (FinishReason reason) => JsonSerializer.Serialize(new FinishPayload(reason), WireJson.Wire.FinishPayload), "reason"),
        Is.EqualTo(new[] { "completed", "length", "stopped", "filtered", "failed", "interrupted" }));

    [Test]
    public void Failure_codes_are_those_of_the_contract() => Assert.That(
        Names((FailureCode code) => JsonSerializer.Serialize(new FailurePayload(code, ""), WireJson.Wire.FailurePayload), "code"),
        Is.EqualTo(new[]
        {
            "rate_limited", "quota_exhausted", "content_filter", "context_length_exceeded", "model_unavailable", "model_timeout",
            "model_rejected", "not_configured", "malformed_response", "too_long", "interrupted",
            "internal",
        }));

    [Test]
    public void Phases_are_those_of_the_contract() => Assert.That(
        Names((Phase phase) => JsonSerializer.Serialize(new StatusPayload(phase), WireJson.Wire.StatusPayload), "phase"),
        Is.EqualTo(new[] { "analyzing", "thinking", "using-tool", "writing" }));

    [Test]
    public void States_are_those_of_the_contract() => Assert.That(
        Names(
            (AnswerState state) => JsonSerializer.Serialize(Payloads.Answer with { State = state }, WireJson.Wire.Answer),
            "state"),
        Is.EqualTo(new[] { "running", "ended" }));

    /// <summary>What is not one name of a set is none of its values: a number, a number as text, names that are joined.</summary>
    [Test]
    public void A_request_names_the_values_of_a_set(
        [Values("0", "-1", "7", "\"0\"", "\"-1\"", "\"7\"", "\"up,down\"", "\"up, up\"", "\"\"", "\" up\"", "\"UP\"")]
        string rating) => Assert.That(
        () => JsonSerializer.Deserialize($$"""{"rating":{{rating}}}""", WireJson.Wire.FeedbackRequest),
        Throws.InstanceOf<JsonException>());

    /// <summary>The same for an import.</summary>
    [Test]
    public void An_import_names_the_values_of_a_set([Values("0", "1", "\"1\"", "\"user,assistant\"")] string role) => Assert.That(
        () => JsonSerializer.Deserialize($$"""{"id":"a","role":{{role}},"text":"a"}""", ImportJson.Default.MessageNode),
        Throws.InstanceOf<JsonException>());

    private static IEnumerable<string> Names<T>(Func<T, string> write, string member) where T : struct, Enum =>
        Enum.GetValues<T>().Select(value => JsonDocument.Parse(write(value)).RootElement.GetProperty(member).GetString()!);
}
