using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>The exact bytes of a request. It has only the options that the caller set.</summary>
[CancelAfter(20_000)]
internal sealed class CompletionRequestTests
{
    private const string Hello = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]""" + Streaming;
    private const string Streaming = ""","stream":true,"stream_options":{"include_usage":true}""";

    [Test]
    public Task A_request_without_options() => SendsAsync(Hello + "}", options: null);

    [Test]
    public Task Empty_options_and_the_name_of_the_model_add_nothing() =>
        SendsAsync(Hello + "}", new ChatOptions { ModelId = "a name of the catalogue", Tools = [] });

    [Test]
    public Task All_known_options_are_sent() => SendsAsync(
        Hello + ""","max_completion_tokens":100,"temperature":0.5,"top_p":0.9,"frequency_penalty":-1,"presence_penalty":1.5"""
            + ""","seed":7,"reasoning_effort":"low","stop":["a\"b","é"]}""",
        new ChatOptions
        {
            MaxOutputTokens = 100,
            Temperature = 0.5f,
            TopP = 0.9f,
            FrequencyPenalty = -1,
            PresencePenalty = 1.5f,
            Seed = 7,
            Reasoning = new() { Effort = ReasoningEffort.Low },
            StopSequences = ["a\"b", "é"],
        });

    [TestCase(ReasoningEffort.None, "none")]
    [TestCase(ReasoningEffort.Low, "low")]
    [TestCase(ReasoningEffort.Medium, "medium")]
    [TestCase(ReasoningEffort.High, "high")]
    [TestCase(ReasoningEffort.ExtraHigh, "xhigh")]
    public Task A_reasoning_effort_has_its_name(ReasoningEffort effort, string name) => SendsAsync(
        Hello + $",\"reasoning_effort\":\"{name}\"}}", new ChatOptions { Reasoning = new() { Effort = effort } });

    [TestCase("minimal")]
    [TestCase("max")]
    public Task An_effort_that_the_library_does_not_know_is_sent_as_it_is(string effort) => SendsAsync(
        Hello + $",\"reasoning_effort\":\"{effort}\"}}",
        new ChatOptions { AdditionalProperties = new() { [RequestParameters.Effort] = effort } });

    [Test]
    public Task An_older_server_gets_the_older_name_of_the_output_limit() => SendsAsync(
        Hello + ",\"max_tokens\":100}", new ChatOptions { MaxOutputTokens = 100 },
        deployment: new DeploymentOptions
        {
            Endpoint = TestModel.Deployment.Endpoint,
            Deployment = "gpt-4o",
            ApiKey = TestModel.Key,
            UseMaxTokens = true,
        });

    [Test]
    public Task A_conversation_with_a_system_prompt() => SendsAsync(
        """{"model":"gpt-4o","messages":[{"role":"system","content":"Be brief."},"""
            + """{"role":"user","content":"a\nb \"c\" <é> 世界"},{"role":"assistant","content":"d"},{"role":"user","content":""}]"""
            + Streaming + "}",
        new ChatOptions { Instructions = "Be brief." },
        [
            new(ChatRole.User, "a\nb \"c\" <é> 世界"),
            new(ChatRole.Assistant, [new TextReasoningContent("hidden"), new TextContent("d")]),
            new(ChatRole.User, ""),
        ]);

    [Test]
    public void A_message_with_an_image_is_refused()
    {
        var service = ScriptedService.Streaming(AzureStream.Done);
        var image = new UriContent("https://example.com/a.png", "image/png");
        ChatMessage[] messages = [new(ChatRole.User, [new TextContent("What is this?"), image])];

        Assert.That(() => TestModel.Behind(service).GetResponseAsync(messages), Throws.TypeOf<NotSupportedException>());
        Assert.That(service.Requests, Is.Empty);
    }

    private static async Task SendsAsync(
        string body, ChatOptions? options, ChatMessage[]? messages = null, DeploymentOptions? deployment = null)
    {
        var service = ScriptedService.Streaming(AzureStream.Finish() + AzureStream.Done);
        var token = TestContext.CurrentContext.CancellationToken;
        using var client = TestModel.Behind(service, deployment);
        await foreach (var _ in client.GetStreamingResponseAsync(messages ?? TestModel.Hello, options, token))
        {
        }

        Assert.That(service.Requests.Single().Body, Is.EqualTo(body));
    }
}
