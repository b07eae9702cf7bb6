using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>An answer that is not streamed.</summary>
[CancelAfter(20_000)]
internal sealed class WholeAnswerTests
{
    private const string NoFinishReason = "The model's answer ended without a finish reason.";

    [Test]
    public async Task It_has_text_reasoning_usage_and_a_finish_reason()
    {
        var service = Json("""
            {"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"finish_reason":"stop",
            "index":0,"logprobs":null,"message":{"content":"Hel\nlö 😀","refusal":null,"role":"assistant",
            "reasoning_content":"They greet."}}],"created":1700000000,"id":"c-1","model":"gpt-4o-2024-11-20",
            "object":"chat.completion","prompt_filter_results":[{"prompt_index":0,
            "content_filter_results":{"jailbreak":{"filtered":false,"detected":false}}}],"usage":{"completion_tokens":7,
            "completion_tokens_details":{"reasoning_tokens":3},"prompt_tokens":12,"total_tokens":19}}
            """);
        var response = await AskAsync(service);

        Assert.That(response.Text, Is.EqualTo("Hel\nlö 😀"));
        Assert.That(response.Messages.Single().Contents.OfType<TextReasoningContent>().Single().Text, Is.EqualTo("They greet."));
        Assert.That(
            (response.FinishReason, response.ResponseId, response.ModelId),
            Is.EqualTo((ChatFinishReason.Stop, "c-1", "gpt-4o-2024-11-20")));
        Assert.That(
            (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.ReasoningTokenCount),
            Is.EqualTo((12L, 7L, 3L)));
        Assert.That(service.Requests[0].Headers["Accept"], Is.EqualTo("application/json"));
        Assert.That(
            service.Requests[0].Body,
            Is.EqualTo("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"stream":false}"""));
    }

    [Test]
    public async Task Half_a_surrogate_pair_at_its_end_is_replaced()
    {
        var response = await AskAsync(Json("""{"choices":[{"finish_reason":"length","message":{"content":"a\ud83d"}}]}"""));

        Assert.That(response.Text, Is.EqualTo("a\ufffd"));
    }

    [Test]
    public async Task It_may_have_its_text_in_parts()
    {
        var response = await AskAsync(Json(
            """{"choices":[{"finish_reason":"stop","message":{"content":[{"type":"text","text":"He"},{"type":"text","text":"l"}]}}]}"""));

        Assert.That(response.Text, Is.EqualTo("Hel"));
    }

    [Test]
    public async Task It_may_be_larger_than_an_event()
    {
        var text = new string('x', 2 * 1024 * 1024);
        var response = await AskAsync(Json(
            "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"" + text + "\"}}]}"));

        Assert.That(response.Text, Has.Length.EqualTo(text.Length));
    }

    [Test]
    public void It_is_read_up_to_a_limit() => Fails(
        Json("{\"a\":\"" + new string(' ', 16 * 1024 * 1024)),
        FailureCode.MalformedResponse, "The model service sent more than an answer can be.");

    [Test]
    public async Task It_names_the_categories_of_the_content_filter()
    {
        var response = await AskAsync(Json("""
            {"choices":[{"content_filter_results":{"violence":{"filtered":true}},"finish_reason":"content_filter",
            "message":{"content":"Hel"}}]}
            """));

        Assert.That(response.FinishReason, Is.EqualTo(ChatFinishReason.ContentFilter));
        var verdict = response.Messages.Single().Contents.OfType<ErrorContent>().Single();
        Assert.That(verdict.Message, Is.EqualTo("The answer was stopped by the content filter: violence."));
    }

    [TestCase("""{"choices":[{"message":{"content":"Hel"}}]}""", FailureCode.MalformedResponse, NoFinishReason)]
    [TestCase("""{"choices":[]}""", FailureCode.MalformedResponse, NoFinishReason)]
    [TestCase("""{"choices":[{"finish_reason":" ","message":{"content":"Hel"}}]}""",
        FailureCode.MalformedResponse, NoFinishReason)]
    [TestCase("""{"choices":[{"finish_reason":"stop","message":{"content":[{"type":"secret"}]}}]}""",
        FailureCode.MalformedResponse, "The model's answer has content of a kind that is not known here.")]
    [TestCase("""{"choices":[{"finish_reason":"stop","message":{"content":"se""", FailureCode.MalformedResponse, NoFinishReason)]
    [TestCase("", FailureCode.MalformedResponse, NoFinishReason)]
    [TestCase("""{"error":{"message":"secret words","code":null}}""",
        FailureCode.ModelUnavailable, "The model service reported an error while it answered.")]
    public void A_body_that_is_not_an_answer_is_a_failure(string body, FailureCode code, string message) =>
        Fails(Json(body), code, message);

    [Test]
    public void A_page_is_a_failure() => Fails(
        ScriptedService.Answering(200, "text/html", "<html>secret</html>"),
        FailureCode.MalformedResponse, "The model service answered with a page.");

    [Test]
    public void A_refusal_has_its_code() => Fails(
        ScriptedService.Answering(401, "application/json", """{"error":{"message":"secret words"}}"""),
        FailureCode.NotConfigured, "The model service refused the credentials (401).");

    private static ScriptedService Json(string body) => ScriptedService.Answering(200, "application/json", body);

    private static Task<ChatResponse> AskAsync(ScriptedService service) =>
        TestModel.Behind(service).GetResponseAsync(TestModel.Hello, options: null, TestContext.CurrentContext.CancellationToken);

    private static void Fails(ScriptedService service, FailureCode code, string message)
    {
        var failure = Assert.ThrowsAsync<ModelException>(() => AskAsync(service));
        Assert.That((failure!.Code, failure.Message), Is.EqualTo((code, message)));
    }
}
