using Azure.Core;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers;

/// <summary>The scope of the token that Entra ID is asked for, and the credential that asks.</summary>
[CancelAfter(20_000)]
internal sealed class EntraSignInTests
{
    private const string TokenFile = "AZURE_FEDERATED_TOKEN_FILE";
    private const string Secret = "AZURE_CLIENT_SECRET";
    private const string Tenant = "AZURE_TENANT_ID";
    private const string Client = "AZURE_CLIENT_ID";

    [TestCase("https://x.openai.azure.com/", "v1", "https://ai.azure.com/.default")]
    [TestCase("https://x.services.ai.azure.com/api/projects/p", "v1", "https://ai.azure.com/.default")]
    [TestCase("https://x.openai.azure.com/", "2024-10-21", "https://cognitiveservices.azure.com/.default")]
    [TestCase("https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01-preview", "v1",
        "https://cognitiveservices.azure.com/.default")]
    [TestCase("https://x.openai.azure.us/", "v1", "https://cognitiveservices.azure.us/.default")]
    [TestCase("https://X.OpenAI.Azure.US/", "2024-10-21", "https://cognitiveservices.azure.us/.default")]
    [TestCase("https://x.openai.azure.cn/", "v1", "https://cognitiveservices.azure.cn/.default")]
    [TestCase("https://x.openai.azure.us./", "v1", "https://cognitiveservices.azure.us/.default")]
    [TestCase("https://gateway.example.com/azure.us/", "v1", "https://ai.azure.com/.default")]
    [TestCase("https://notazure.us/", "v1", "https://ai.azure.com/.default")]
    public async Task The_scope_follows_from_the_host(string endpoint, string apiVersion, string scope) =>
        Assert.That(await ScopeOfAsync(new DeploymentOptions
        {
            Endpoint = endpoint,
            Deployment = "gpt-5-mini",
            ApiVersion = apiVersion,
        }), Is.EqualTo(scope));

    [TestCase("https://cognitiveservices.azure.com", "https://cognitiveservices.azure.com/.default")]
    [TestCase("https://cognitiveservices.azure.com/", "https://cognitiveservices.azure.com/.default")]
    [TestCase("api://0f1e/.default", "api://0f1e/.default")]
    public async Task A_setting_names_another_audience(string audience, string scope) =>
        Assert.That(await ScopeOfAsync(new DeploymentOptions
        {
            Endpoint = "https://x.openai.azure.us/",
            Deployment = "gpt-5-mini",
            Audience = audience,
        }), Is.EqualTo(scope));

    [Test]
    public async Task The_token_is_sent_and_no_key()
    {
        var credential = new RecordingCredential();
        var request = await AskAsync(
            new DeploymentOptions { Endpoint = "https://x.openai.azure.com/", Deployment = "gpt-5-mini" }, credential);

        Assert.That(request.Headers["Authorization"], Is.EqualTo("Bearer the-token"));
        Assert.That(request.Headers.Keys, Has.No.Member("api-key"));
    }

    [TestCase(CredentialKind.AzureCli)]
    [TestCase(CredentialKind.WorkloadIdentity, TokenFile, Secret, "IDENTITY_ENDPOINT")]
    [TestCase(CredentialKind.Environment, Secret, "IDENTITY_ENDPOINT")]
    [TestCase(CredentialKind.Environment, "AZURE_CLIENT_CERTIFICATE_PATH")]
    [TestCase(CredentialKind.ManagedIdentity, "IDENTITY_ENDPOINT", Client)]
    [TestCase(CredentialKind.ManagedIdentity, "MSI_ENDPOINT")]
    [TestCase(CredentialKind.AzureCli, Client, Tenant)]
    public void Without_a_setting_the_environment_names_the_credential(CredentialKind kind, params string[] variables) =>
        Assert.That(EntraSignIn.KindOf(new DeploymentOptions(), Only(variables)), Is.EqualTo(kind));

    [Test]
    public void A_client_id_alone_means_a_managed_identity() => Assert.That(
        EntraSignIn.KindOf(new DeploymentOptions { ClientId = "0f1e" }, Only()), Is.EqualTo(CredentialKind.ManagedIdentity));

    [Test]
    public void A_setting_wins_over_the_environment([Values] CredentialKind kind)
    {
        var found = EntraSignIn.KindOf(new DeploymentOptions { Credential = kind }, Only(TokenFile));

        Assert.That(found, Is.EqualTo(kind == CredentialKind.Auto ? CredentialKind.WorkloadIdentity : kind));
    }

    [Test]
    public void Every_kind_can_be_created_and_asks_nobody_yet([Values] CredentialKind kind) => Assert.That(
        () => EntraSignIn.Create(new DeploymentOptions { Endpoint = "https://x.openai.azure.us/", Credential = kind }),
        Throws.Nothing);

    [TestCase(CredentialKind.ManagedIdentity, "", null)]
    [TestCase(CredentialKind.ManagedIdentity, "0f1e", null)]
    [TestCase(CredentialKind.AzureCli, "", null)]
    [TestCase(CredentialKind.AzureCli, "0f1e", "ClientId has no use with the credential AzureCli.")]
    [TestCase(CredentialKind.WorkloadIdentity, "",
        "Credential: WorkloadIdentity needs the environment variable AZURE_TENANT_ID.")]
    [TestCase(CredentialKind.WorkloadIdentity, "",
        "Credential: WorkloadIdentity needs the environment variable AZURE_CLIENT_ID.", Tenant, TokenFile)]
    [TestCase(CredentialKind.WorkloadIdentity, "0f1e", null, Tenant, TokenFile)]
    [TestCase(CredentialKind.WorkloadIdentity, "", null, Tenant, TokenFile, Client)]
    [TestCase(CredentialKind.Environment, "", "Credential: Environment needs the environment variable AZURE_CLIENT_ID.", Tenant)]
    [TestCase(CredentialKind.Environment, "", null, Tenant, Client, Secret)]
    [TestCase(CredentialKind.Auto, "", "Credential: Environment needs the environment variable AZURE_TENANT_ID.", Secret)]
    public void What_cannot_work_is_named(CredentialKind kind, string clientId, string? fault, params string[] variables) =>
        Assert.That(
            EntraSignIn.FaultsOf(new DeploymentOptions { Credential = kind, ClientId = clientId }, Only(variables)),
            Is.EqualTo(fault is null ? Array.Empty<string>() : [fault]));

    [TestCase(ProviderKind.Azure, "K", "cannot be set beside ApiKey: a key needs no sign-in.")]
    [TestCase(ProviderKind.OpenAI, "", "is for the kind azure only.")]
    public void A_sign_in_without_a_use_is_named(ProviderKind kind, string key, string why) => Assert.That(
        EntraSignIn.FaultsOf(new DeploymentOptions
        {
            Kind = kind,
            ApiKey = key,
            Credential = CredentialKind.ManagedIdentity,
            ClientId = "0f1e",
            Audience = "https://ai.azure.com",
        }, Only()),
        Is.EqualTo(new[] { $"Credential {why}", $"ClientId {why}", $"Audience {why}" }));

    [Test]
    public void An_audience_is_an_address() => Assert.That(
        EntraSignIn.FaultsOf(new DeploymentOptions { Audience = "ai.azure.com" }, Only()),
        Is.EqualTo(new[] { "Audience must be an address such as https://ai.azure.com." }));

    private static Func<string, string?> Only(params string[] variables) => name => variables.Contains(name) ? "set" : null;

    private static async Task<string> ScopeOfAsync(DeploymentOptions deployment)
    {
        var credential = new RecordingCredential();
        await AskAsync(deployment, credential);
        return credential.Scopes.Single();
    }

    private static async Task<SentRequest> AskAsync(DeploymentOptions deployment, TokenCredential credential)
    {
        using var service = ScriptedService.Streaming(AzureStream.Finish() + AzureStream.Done);
        using var client = new DeploymentClient(
            new DeploymentEndpoint(deployment, service, credential), new(), TimeProvider.System,
            NullLogger<DeploymentClient>.Instance);
        await client.UpdatesAsync();
        return service.Requests.Single();
    }

    private sealed class RecordingCredential : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.AddRange(requestContext.Scopes);
            return new AccessToken("the-token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
