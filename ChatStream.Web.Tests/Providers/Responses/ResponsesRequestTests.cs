using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Responses;

/// <summary>The exact bytes and the address of a request to the Responses API.</summary>
[CancelAfter(20_000)]
internal sealed class ResponsesRequestTests
{
    private const string Host = "https://my-resource.openai.azure.com";

    private const string Hello =
        """{"model":"gpt-5-mini","input":[{"type":"message","role":"user","content":"Hello"}],"stream":true,"store":false"""
        + ",\"include\":[\"reasoning.encrypted_content\"]";

    private const string Summary = ",\"reasoning\":{\"summary\":\"auto\"}}";

    [Test]
    public async Task A_request_without_options() => Assert.That((await SendAsync(null)).Body, Is.EqualTo(Hello + Summary));

    [Test]
    public async Task All_known_options_are_sent() => Assert.That(
        (await SendAsync(new ChatOptions
        {
            Instructions = "Be brief.",
            MaxOutputTokens = 100,
            Temperature = 0.5f,
            TopP = 0.9f,
            FrequencyPenalty = -1,
            Seed = 7,
            StopSequences = ["a"],
            Reasoning = new() { Effort = ReasoningEffort.Low },
            AdditionalProperties = new()
            {
                [RequestParameters.Verbosity] = "high",
                [RequestParameters.Effort] = "minimal",
                [RequestParameters.CacheKey] = "c-1",
            },
        }, new DeploymentOptions
        {
            Endpoint = Host,
            Deployment = "gpt-5-mini",
            ApiKey = "K",
            Api = ModelApi.Responses,
            ServiceTier = "priority",
            PromptCacheKey = true,
        })).Body,
        Is.EqualTo(
            """{"model":"gpt-5-mini","input":[{"type":"message","role":"system","content":"Be brief."},"""
            + """{"type":"message","role":"user","content":"Hello"}],"stream":true,"store":false"""
            + ""","include":["reasoning.encrypted_content"],"max_output_tokens":100"""
            + ""","temperature":0.5,"top_p":0.9,"reasoning":{"effort":"minimal","summary":"auto"},"text":{"verbosity":"high"}"""
            + ""","service_tier":"priority","prompt_cache_key":"c-1"}"""));

    [Test]
    public async Task A_caller_may_want_no_summary() => Assert.That(
        (await SendAsync(new ChatOptions { Reasoning = new() { Output = ReasoningOutput.None } })).Body, Is.EqualTo(Hello + "}"));

    [Test]
    public async Task A_whole_answer_is_asked_without_a_summary()
    {
        using var service = ScriptedService.Answering(200, "application/json", """{"status":"completed","output":[]}""");
        using var client = TestModel.Behind(service, ResponsesStream.Deployment);

        await client.GetResponseAsync(TestModel.Hello, options: null, TestContext.CurrentContext.CancellationToken);

        Assert.That(service.Requests.Single().Body, Is.EqualTo(
            """{"model":"gpt-5-mini","input":[{"type":"message","role":"user","content":"Hello"}],"stream":false,"store":false}"""));
    }

    [TestCase(Host, null, ModelApi.Responses, Host + "/openai/v1/responses")]
    [TestCase(Host + "/openai/v1/responses", null, null, Host + "/openai/v1/responses")]
    [TestCase(Host + "/openai/v1/responses", null, ModelApi.Chat, Host + "/openai/v1/chat/completions")]
    [TestCase(Host + "/openai/responses?api-version=2025-04-01-preview", null, null,
        Host + "/openai/responses?api-version=2025-04-01-preview")]
    [TestCase(Host, "2025-03-01-preview", ModelApi.Responses, Host + "/openai/responses?api-version=2025-03-01-preview")]
    [TestCase("https://gateway.example.com/ai/", null, ModelApi.Responses, "https://gateway.example.com/ai/openai/v1/responses")]
    [TestCase("https://x.services.ai.azure.com/api/projects/p/openai/v1/responses", null, null,
        "https://x.services.ai.azure.com/openai/v1/responses")]
    public async Task Azure(string endpoint, string? apiVersion, ModelApi? api, string address)
    {
        var request = await SendAsync(null, new DeploymentOptions
        {
            Endpoint = endpoint,
            Deployment = "gpt-5-mini",
            ApiKey = "K",
            ApiVersion = apiVersion ?? new DeploymentOptions().ApiVersion,
            Api = api,
        });

        Assert.That(request.Address.AbsoluteUri, Is.EqualTo(address));
        Assert.That((request.Headers["api-key"], request.Headers["Accept"]), Is.EqualTo(("K", "text/event-stream")));
    }

    [TestCase("http://localhost:8000/v1", ModelApi.Responses)]
    [TestCase("http://localhost:8000/v1/responses", null)]
    public async Task Any_compatible_server(string endpoint, ModelApi? api)
    {
        var request = await SendAsync(null, new DeploymentOptions
        {
            Kind = ProviderKind.OpenAI,
            Endpoint = endpoint,
            Deployment = "gpt-oss",
            Api = api,
        });

        Assert.That(request.Address.AbsoluteUri, Is.EqualTo("http://localhost:8000/v1/responses"));
    }

    private static async Task<SentRequest> SendAsync(ChatOptions? options, DeploymentOptions? deployment = null)
    {
        // A stream of chat completions has no meaning here, and the other way round: what is sent is looked at, not what comes.
        using var service = ScriptedService.Streaming(ResponsesStream.Completed() + AzureStream.Finish() + AzureStream.Done);
        using var client = TestModel.Behind(service, deployment ?? ResponsesStream.Deployment);
        await foreach (var _ in client.GetStreamingResponseAsync(
            TestModel.Hello, options, TestContext.CurrentContext.CancellationToken))
        {
        }
        return service.Requests.Single();
    }
}
