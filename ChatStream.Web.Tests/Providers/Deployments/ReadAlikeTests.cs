using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using ChatStream.Web.Tests.Providers.Responses;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Deployments;

/// <summary>What services deviate in is read alike by both interfaces, whole and byte by byte.</summary>
[CancelAfter(60_000)]
internal sealed class ReadAlikeTests
{
    private const string Stop = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private static readonly string End = "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}\n\n";

    private static IEnumerable<TestCaseData> Texts()
    {
        yield return Case("a text", ["\"Hel\"", "\"lo\""], "Hello");
        yield return Case("parts", ["""[{"type":"text","text":"Hel"},{"text":"lo","type":"output_text"}]"""], "Hello");
        yield return Case("a part alone", ["""{"text":"Hel\ud83d"}""", """{"text":"\ude00lo"}"""], "Hel😀lo");
        yield return Case("a text in an object",
            ["""[{"type":"text","text":{"value":"Hel","annotations":[]}}]""", """{"text":{"value":"lo"}}"""], "Hello");
        yield return Case("parts of reasoning",
            ["""[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}]""", "\"Hello\""], "Hello", "Hm.");
        yield return Case("tags", ["\"<thi\"", "\"nk>Hm.</thi\"", "\"nk>\\n\\nHello\""], "Hello", "Hm.");
        yield return Case("tags in capitals, and blanks", ["\"\\n <THINK>\\nHm.\\n</Think>\\n\"", "\"Hello\""], "Hello", "Hm.");
        yield return Case("a tag that never closes", ["\"<think> is a tag.\""], "<think> is a tag.", "is a tag.");
        yield return Case("tags within the text", ["\"Say <think>\"", "\" and </think>.\""], "Say <think> and </think>.");
        yield return Case("the beginning of a tag", ["\"<thi\""], "<thi");
    }

    [TestCaseSource(nameof(Texts))]
    public async Task Pieces_of_text(string[] pieces, string text, string? reasoning)
    {
        var chat = string.Concat(pieces.Select(piece =>
            $"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{piece}}}}}]}}\n\n")) + Stop + Done;
        var responses = string.Concat(pieces.Select(piece =>
            $"data: {{\"type\":\"response.output_text.delta\",\"delta\":{piece}}}\n\n")) + End;

        await ReadsAsync(chat, TestModel.Deployment, text, reasoning);
        await ReadsAsync(responses, ResponsesStream.Deployment, text, reasoning);
    }

    [TestCase("\"Hm.\"", "Hm.")]
    [TestCase("""[{"type":"text","text":"Hm"},{"text":"."}]""", "Hm.")]
    [TestCase("""{"type":"summary_text","text":"Hm."}""", "Hm.")]
    [TestCase("""{"a":"secret"}""", null)]
    [TestCase("null", null)]
    [TestCase("7", null)]
    public async Task Pieces_of_reasoning(string piece, string? reasoning)
    {
        foreach (var name in (string[])["reasoning_content", "reasoning"])
        {
            await ReadsAsync(
                $"data: {{\"choices\":[{{\"delta\":{{\"{name}\":{piece},\"content\":\"Hi\"}}}}]}}\n\n" + Stop + Done,
                TestModel.Deployment, "Hi", reasoning);
        }
        await ReadsAsync(
            $"data: {{\"delta\":{piece},\"type\":\"response.reasoning_summary_text.delta\"}}\n\n"
            + "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n" + End,
            ResponsesStream.Deployment, "Hi", reasoning);
    }

    [Test]
    public async Task Reasoning_without_an_opening_tag_is_a_setting()
    {
        var deployment = new DeploymentOptions
        {
            Endpoint = TestModel.Deployment.Endpoint,
            Deployment = "r1",
            ApiKey = "key",
            Api = ModelApi.Responses,
            Reasoning = ReasoningForm.Tags,
        };
        await ReadsAsync(
            "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Check.</thi\"}\n\n"
            + "data: {\"type\":\"response.output_text.delta\",\"delta\":\"nk>Done.\"}\n\n" + End, deployment, "Done.", "Check.");
    }

    private static IEnumerable<TestCaseData> Errors()
    {
        yield return Fails(
            """{"errors":[{"message":"secret","code":"context_length_exceeded"}]}""", FailureCode.ContextLengthExceeded);
        yield return Fails("""{"error":true,"message":"Prompt is too long","code":null}""", FailureCode.ContextLengthExceeded);
        yield return Fails("""{"message":"This model's maximum context length is 8.","error":"Bad Request"}""",
            FailureCode.ContextLengthExceeded);
        yield return Fails("""{"error":"content_filter"}""", FailureCode.ContentFilter);
        yield return Fails("""{"error":{"code":"ContextLengthExceeded"}}""", FailureCode.ContextLengthExceeded);
        yield return Fails("""{"error":{"type":"RATE-LIMIT-EXCEEDED","code":""}}""", FailureCode.RateLimited);
        yield return Fails("""{"error":{"message":"secret","status":429}}""", FailureCode.RateLimited);
        yield return Fails(
            """{"error":{"message":"secret","status":"RESOURCE_EXHAUSTED","code":429.0}}""", FailureCode.RateLimited);
        yield return Fails("""{"error":503}""", FailureCode.ModelUnavailable);
        yield return Fails("""{"error":{"code":"401"}}""", FailureCode.NotConfigured);
        yield return Fails("""{"statusCode":429,"message":"secret"}""", FailureCode.RateLimited);
        yield return Fails("""{"code":402,"message":"secret"}""", FailureCode.QuotaExhausted);
        yield return Fails("""{"status":500,"message":"secret"}""", FailureCode.ModelUnavailable);
        yield return Fails("""{"error":{"message":"secret","type":"budget_exceeded"}}""", FailureCode.QuotaExhausted);
    }

    [TestCaseSource(nameof(Errors))]
    public async Task Errors_in_a_stream(string error, FailureCode code)
    {
        foreach (var deployment in (DeploymentOptions[])[TestModel.Deployment, ResponsesStream.Deployment])
        {
            foreach (var stream in (string[])[$"data: {error}\n\n", error, $"event: Error\ndata: {error}\n\n"])
            {
                var (_, failure) = await TestModel.Behind(ScriptedService.Streaming(stream), deployment).FailureAsync();
                Assert.That(failure.Code, Is.EqualTo(code), $"{deployment.Api} {stream}");
            }
        }
    }

    [TestCase("""[{"error":{"code":429,"message":"secret","status":"RESOURCE_EXHAUSTED"}}]""")]
    public async Task A_list_of_errors(string error)
    {
        var (_, failure) = await TestModel.Behind(ScriptedService.Streaming($"data: {error}\n\n")).FailureAsync();

        Assert.That(failure.Code, Is.EqualTo(FailureCode.RateLimited));
    }

    [Test]
    public async Task An_empty_list_of_errors_is_none() => await ReadsAsync(
        "data: {\"id\":\"c\",\"errors\":[]}\n\n"
        + "data: {\"errors\":[],\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n" + Stop + Done,
        TestModel.Deployment, "Hi", reasoning: null);

    [Test]
    public async Task A_prompt_that_the_filter_stops_after_all_is_told_as_the_prompts()
    {
        const string Found = """{"jailbreak":{"filtered":true,"detected":true},"hate":{"filtered":false,"severity":"safe"}}""";
        const string InChat =
            $$"""data: {"choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{{Found}}}]}""" + "\n\n";
        var chat = InChat + Stop.Replace("\"stop\"", "\"content_filter\"", StringComparison.Ordinal) + Done;
        const string InResponses = """{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"content_filters":"""
            + $$"""[{"blocked":true,"content_filter_results":{{Found}},"source_type":"prompt"}]}""";

        await IsOfPromptAsync(chat, TestModel.Deployment);
        await IsOfPromptAsync(
            chat.Replace("prompt_filter_results", "prompt_annotations", StringComparison.Ordinal), TestModel.Deployment);
        await IsOfPromptAsync(
            $"data: {{\"type\":\"response.incomplete\",\"response\":{InResponses}}}\n\n", ResponsesStream.Deployment);
    }

    [TestCase("""{"custom_blocklists":{"filtered":true,"details":[{"filtered":true,"id":"ours"}]}}""")]
    [TestCase("""{"custom_blocklists":[{"filtered":false,"id":"theirs"},{"id":"ours","filtered":true}]}""")]
    public async Task A_list_of_blocklists_is_a_verdict(string found)
    {
        var stream = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\",\"content_filter_results\":"
            + found + "}]}\n\n" + Done;
        using var client = TestModel.Behind(ScriptedService.Streaming(stream));
        var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);

        Assert.That(VerdictOf(answer).Categories, Is.EqualTo(new[] { "custom_blocklists" }));
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private static TestCaseData Case(string name, string[] pieces, string text, string? reasoning = null) =>
        new TestCaseData(pieces, text, reasoning).SetArgDisplayNames(name);

    private static TestCaseData Fails(string error, FailureCode code) => new TestCaseData(error, code).SetArgDisplayNames(error);

    private static FailurePayload VerdictOf(ChatResponse answer) =>
        ModelFailures.OfVerdict(answer.Messages.SelectMany(message => message.Contents).OfType<ErrorContent>().Single());

    private static async Task IsOfPromptAsync(string stream, DeploymentOptions deployment)
    {
        using var client = TestModel.Behind(ScriptedService.Streaming(stream), deployment);
        var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);

        var verdict = VerdictOf(answer);
        Assert.That(answer.FinishReason, Is.EqualTo(ChatFinishReason.ContentFilter));
        Assert.That((verdict.Of, verdict.Withdrawn, verdict.Message), Is.EqualTo((
            FilteredPart.Prompt, default(bool?), "The prompt was stopped by the content filter: jailbreak.")));
    }

    private static async Task ReadsAsync(string stream, DeploymentOptions deployment, string text, string? reasoning)
    {
        foreach (var bytesPerRead in (int[])[1, 7, int.MaxValue])
        {
            var body = Encoding.UTF8.GetBytes(stream);
            using var client = TestModel.Behind(
                ScriptedService.Streaming(CutBody.EveryBytes(body, Math.Min(bytesPerRead, body.Length))), deployment);
            var answer = await client.GetStreamingResponseAsync(TestModel.Hello, options: null, Token).ToChatResponseAsync(Token);
            var thought = string.Concat(answer.Messages.SelectMany(message => message.Contents.OfType<TextReasoningContent>())
                .Select(content => content.Text));

            Assert.That((answer.Text, thought, answer.FinishReason), Is.EqualTo((text, reasoning ?? "", ChatFinishReason.Stop)));
        }
    }
}
