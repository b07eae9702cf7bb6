using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Deployments;
using Microsoft.Extensions.AI;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>The address and the key of each request.</summary>
[CancelAfter(20_000)]
internal sealed class DeploymentAddressTests
{
    private const string Host = "https://my-resource.openai.azure.com";
    private const string Gateway = "https://gateway.example.com/team/ai";
    private const string Dated = "/openai/deployments/gpt-4o/chat/completions?api-version=";
    private const string V1 = "/openai/v1/chat/completions";

    [TestCase(Host, "2024-10-21", Host + Dated + "2024-10-21")]
    [TestCase(Host + "/", "2024-10-21", Host + Dated + "2024-10-21")]
    [TestCase(Host + "/", "2025-04-01-preview", Host + Dated + "2025-04-01-preview")]
    [TestCase(Host, null, Host + V1)]
    [TestCase(Host + "/", "v1", Host + V1)]
    [TestCase(Host + "/openai/v1/", "2024-10-21", Host + V1)]
    [TestCase(Gateway + "/openai/v1", null, Gateway + V1)]
    [TestCase(Gateway + "/", "2024-10-21", Gateway + Dated + "2024-10-21")]
    [TestCase(Gateway, "2025-04-01-preview", Gateway + Dated + "2025-04-01-preview")]
    [TestCase(Gateway + "/", null, Gateway + V1)]
    [TestCase("http://localhost:5081/", null, "http://localhost:5081/openai/v1/chat/completions")]
    [TestCase(Host + Dated + "2025-01-01-preview", null, Host + Dated + "2025-01-01-preview")]
    [TestCase(Host + Dated + "2025-01-01-preview", "v1", Host + Dated + "2025-01-01-preview")]
    [TestCase(Host + Dated + "2025-01-01-preview", "2025-04-01-preview", Host + Dated + "2025-04-01-preview")]
    [TestCase(Host + "/openai/deployments/gpt-4o", null, Host + V1)]
    [TestCase(Host + "/openai/deployments/gpt-4o", "2024-10-21", Host + Dated + "2024-10-21")]
    [TestCase(Host + "/OpenAI/Deployments/gpt-4o/", "2024-10-21", Host + Dated + "2024-10-21")]
    [TestCase(Host + "/openai/deployments/other/completions?api-version=", "2024-10-21", Host + Dated + "2024-10-21")]
    [TestCase(Host + "/openai/", "2024-10-21", Host + Dated + "2024-10-21")]
    [TestCase(Host + "/openai/v1/chat/completions?api-version=preview", null, Host + V1)]
    [TestCase(Host + "/api/projects/p", null, Host + V1)]
    [TestCase(Host + "/api/projects/p/openai/v1/", null, Host + V1)]
    [TestCase(Gateway + Dated + "2025-01-01-preview", null, Gateway + Dated + "2025-01-01-preview")]
    public async Task Azure(string endpoint, string? apiVersion, string address)
    {
        var request = await SendAsync(new()
        {
            Endpoint = endpoint,
            Deployment = "gpt-4o",
            ApiKey = "K",
            ApiVersion = apiVersion ?? new DeploymentOptions().ApiVersion,
        });

        Assert.That((request.Method, request.Address.AbsoluteUri), Is.EqualTo(("POST", address)));
        Assert.That(request.Headers["api-key"], Is.EqualTo("K"));
        Assert.That(request.Headers.Keys, Has.No.Member("Authorization"));
        CheckCommonHeaders(request);
    }

    [TestCase("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions")]
    [TestCase("http://localhost:11434/v1/", "http://localhost:11434/v1/chat/completions")]
    [TestCase("http://localhost:8000/v1/chat/completions", "http://localhost:8000/v1/chat/completions")]
    [TestCase("http://localhost:8000/v1/completions/", "http://localhost:8000/v1/chat/completions")]
    public async Task Any_compatible_server(string endpoint, string address)
    {
        var request = await SendAsync(new()
        {
            Kind = ProviderKind.OpenAI,
            Endpoint = endpoint,
            Deployment = "gpt-4o",
            ApiKey = "K",
        });

        Assert.That((request.Method, request.Address.AbsoluteUri), Is.EqualTo(("POST", address)));
        Assert.That(request.Headers["Authorization"], Is.EqualTo("Bearer K"));
        Assert.That(request.Headers.Keys, Has.No.Member("api-key"));
        CheckCommonHeaders(request);
    }

    [Test]
    public async Task A_compatible_server_without_a_key_gets_a_placeholder()
    {
        var request = await SendAsync(new()
        {
            Kind = ProviderKind.OpenAI,
            Endpoint = "http://localhost:11434/v1",
            Deployment = "gpt-4o",
        });

        Assert.That(request.Headers["Authorization"], Is.EqualTo("Bearer none"));
    }

    [TestCase(ProviderKind.Azure, "azure.ai.openai")]
    [TestCase(ProviderKind.OpenAI, "openai")]
    public void The_client_describes_itself(ProviderKind kind, string provider)
    {
        var deployment = new DeploymentOptions { Kind = kind, Endpoint = Host, Deployment = "gpt-4o", ApiKey = "K" };
        using var client = TestModel.Behind(ScriptedService.Streaming(""), deployment);
        var metadata = client.GetService<ChatClientMetadata>()!;

        Assert.That(
            (metadata.ProviderName, metadata.ProviderUri, metadata.DefaultModelId),
            Is.EqualTo((provider, new Uri(Host), "gpt-4o")));
        Assert.That(client.GetService<DeploymentClient>(), Is.SameAs(client));
        Assert.That(client.GetService<string>(), Is.Null);
    }

    private static void CheckCommonHeaders(SentRequest request)
    {
        Assert.That(request.Headers["Accept"], Is.EqualTo("text/event-stream"));
        Assert.That(request.Headers["Content-Type"], Is.EqualTo("application/json"));
    }

    private static async Task<SentRequest> SendAsync(DeploymentOptions deployment)
    {
        var service = ScriptedService.Streaming(AzureStream.Finish() + AzureStream.Done);
        using var client = TestModel.Behind(service, deployment);
        await client.UpdatesAsync();
        return service.Requests.Single();
    }
}
