using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A behaviour of the model service, and what the client receives.</summary>
/// <param name="Script">The behaviour.</param>
/// <param name="Reason">The finish reason.</param>
/// <param name="Failure">The data of the <c>failure</c> frame; null if there is none.</param>
/// <param name="Text">The text received before, which is kept.</param>
/// <param name="Status">The HTTP status of the JSON response.</param>
/// <param name="Model">The model to ask.</param>
internal sealed record ModelFault(
    Script Script, string Reason, string? Failure, string Text = "", int Status = 200, string Model = "gpt-4o")
{
    private const string Said = "Es grünt 🙂";

    private static readonly string Long = string.Concat(Enumerable.Repeat("ninety k ", 100_000));

    private const int Limit = 4 * 1024 * 1024;

    private static Script Overlong => Script.Start().Text(Long).Text(Long).Text(Long).Text(Long).Text(Long).Stall();

    public static IEnumerable<TestCaseData> Refusals() =>
    [
        Case(
            "refused connection",
            new(
                Script.Start(), "failed", Says("model_unavailable", "The model service could not be reached."), Status: 503,
                Model: "gone")),
        Case(
            "401",
            new(
                AzureErrors.Unauthorized(), "failed", Says("not_configured", "The model service refused the credentials (401)."),
                Status: 503)),
        Case("403", new(Script.Error(403, """{"error":{"code":"403","message":"Public access is disabled."}}"""), "failed",
            Says("not_configured", "The model service denied access (403)."), Status: 503)),
        Case("404", new(AzureErrors.DeploymentNotFound(), "failed",
            Says("not_configured", "There is no such deployment, or its address or api-version is wrong (404)."), Status: 503)),
        Case("408", new(Script.Error(408, "{}"), "failed", Says("model_timeout", "The model service timed out."), Status: 504)),
        Case("429, wait 1.5 s", new(AzureErrors.RateLimited(TimeSpan.FromSeconds(1.5)), "failed",
            Says("rate_limited", "The model's rate limit has been reached.", retryAfter: 2), Status: 429)),
        Case("429, wait a day", new(AzureErrors.RateLimited(TimeSpan.FromDays(1)), "failed",
            Says("rate_limited", "The model's rate limit has been reached.", retryAfter: 86400), Status: 429)),
        Case("429, wait unknown", new(AzureErrors.RateLimited(null), "failed",
            Says("rate_limited", "The model's rate limit has been reached."), Status: 429)),
        Case(
            "500",
            new(
                AzureErrors.ServerError(), "failed", Says("model_unavailable", "The model service answered with status 500."),
                Status: 503)),
        Case(
            "503",
            new(
                AzureErrors.ServiceUnavailable(), "failed",
                Says("model_unavailable", "The model service answered with status 503."), Status: 503)),
        Case(
            "502 of a proxy",
            new(
                Script.Page(502, "<h1>Bad Gateway</h1>"), "failed",
                Says("model_unavailable", "The model service answered with status 502."), Status: 503)),
        Case(
            "302",
            new(
                Script.Error(302, "").Header("Location", "/elsewhere"), "failed",
                Says("model_rejected", "The model service rejected the request (302)."), Status: 502)),
        Case(
            "filtered prompt",
            new(
                AzureErrors.PromptFiltered(), "filtered",
                Says("content_filter", "The prompt was stopped by the content filter: jailbreak.",
                    filter: ",\"categories\":[\"jailbreak\"],\"of\":\"prompt\""))),
        Case("context too long", new(AzureErrors.ContextLengthExceeded(), "failed",
            Says("context_length_exceeded", "The conversation is longer than the model can read."), Status: 502)),
        Case("unsupported parameter", new(AzureErrors.UnsupportedParameter(), "failed",
            Says("model_rejected", "The model does not take the parameter max_tokens as it was sent."), Status: 502)),
        Case(
            "400",
            new(
                AzureErrors.InvalidRequest("No."), "failed",
                Says("model_rejected", "The model service rejected the request (400)."), Status: 502)),
        Case("wrong content type", new(Script.Page(200, "<h1>Welcome</h1>"), "failed",
            Says("malformed_response", "The model service answered with a page."), Status: 502)),
    ];

    public static IEnumerable<TestCaseData> InMidAnswer() =>
    [
        Case(
            "cut",
            new(Begun().Cut(), "failed", Says("model_unavailable", "The connection to the model service broke."), Said, 503)),
        Case(
            "reset",
            new(Begun().Reset(), "failed", Says("model_unavailable", "The connection to the model service broke."), Said, 503)),
        Case("malformed JSON", new(Begun().Malformed().Finish("stop").Done(), "failed",
            Says("malformed_response", "The model service sent something that is not JSON."), Said, 502)),
        Case("error in the stream", new(Begun().ErrorEvent("server_error", "oops at host h").Done(), "failed",
            Says("model_unavailable", "The model service reported an error while it answered."), Said, 503)),
        Case("rate limit in the stream", new(Begun().ErrorEvent("429", "slow down").Done(), "failed",
            Says("rate_limited", "The model's rate limit has been reached."), Said, 429)),
        Case(
            "no finish reason",
            new(
                Begun().Done(), "failed", Says("malformed_response", "The model's answer ended without a finish reason."), Said,
                502)),
        Case("neither finish reason nor [DONE]", new(Begun(), "failed",
            Says("malformed_response", "The model's answer ended without a finish reason."), Said, 502)),
        Case("an event of 2 MB", new(Begun().Giant(2 << 20).Finish("stop").Done(), "failed",
            Says("malformed_response", "The model service sent an event larger than 1 MB."), Said, 502)),
        Case("an answer of more than 4 MB", new(Overlong, "failed",
            Says("too_long", "The answer is longer than 4 MB."), string.Concat(Enumerable.Repeat(Long, 5))[..Limit], 502)),
        Case("unknown finish reason without text", new(Script.Start().Finish("sunset").Done(), "failed",
            Says("malformed_response", "The model's answer ended for a reason that is not known here."), Status: 502)),
        Case("tool calls that were not offered", new(
            Begun().ToolCall(0, "{}", "call_1", "f").Finish("tool_calls").Done(), "failed",
            Says("malformed_response", "The model's answer ended for a reason that is not known here."), Said, 502)),
        Case("filtered answer", new(Begun().Finish("content_filter").Done(), "filtered",
            Says("content_filter", "The answer was stopped by the content filter: violence (medium).",
                filter: ",\"categories\":[\"violence\"],\"severities\":{\"violence\":\"medium\"},\"of\":\"answer\""), Said)),
    ];

    /// <summary>Behaviours that look like faults but are not.</summary>
    public static IEnumerable<TestCaseData> Harmless() =>
    [
        Case("unknown finish reason", new(Begun().Finish("sunset").Done(), "completed", null, Said)),
        Case("no [DONE]", new(Begun().Finish("stop"), "completed", null, Said)),
        Case("filter outage", new(Begun().FilterOutage(" ok").Finish("stop").Done(), "completed", null, Said + " ok")),
        Case(
            "a filter that finds nothing after stop",
            new(Begun().Finish("stop").FilterAnnotation(9, 1, 9).Done(), "completed", null, Said)),
        Case("a cut after the finish reason", new(Begun().Finish("stop").Cut(), "completed", null, Said)),
        Case("one byte per write", new(Begun().Finish("stop").Done().OneBytePerWrite(), "completed", null, Said)),
        Case("split inside UTF-8", new(Begun().Finish("stop").Done().SplitInsideUtf8(), "completed", null, Said)),
        Case("CRLF", new(Begun().Finish("stop").Done().CrlfLineEnds(), "completed", null, Said)),
        Case("all events in one write", new(Begun().Finish("stop").Done().WriteEventsTogether(), "completed", null, Said)),
        Case("escaped", new(Begun().Finish("stop").Done().EscapeNonAscii(), "completed", null, Said)),
        Case("comments", new(Begun().Comment("ping").Finish("stop").Done(), "completed", null, Said)),
        Case(
            "a pair of surrogates in two chunks",
            new(Script.Start().Text("Es grünt ").TextRawJson("\"\\ud83d\"").TextRawJson("\"\\ude42\"").Finish("stop").Done(),
            "completed", null, Said)),
        Case("refusal", new(Script.Start().Refusal("I can't.").Finish("stop").Done(), "completed", null, "I can't.")),
        Case("no text at all", new(Script.Start().Finish("stop").Done(), "completed", null)),
        Case("an event of 900 kB", new(Script.Start().Text(Long).Finish("stop").Done(), "completed", null, Long)),
    ];

    private static Script Begun() => Script.Start().Text("Es grünt").Text(" 🙂");

    private static string Says(string code, string message, int? retryAfter = null, string filter = "")
    {
        var wait = retryAfter is { } seconds ? $",\"retryAfter\":{seconds}" : "";
        return $$"""{"code":"{{code}}","message":"{{message}}"{{wait}}{{filter}}}""";
    }

    private static TestCaseData Case(string name, ModelFault fault) => new TestCaseData(fault).SetArgDisplayNames(name);
}
