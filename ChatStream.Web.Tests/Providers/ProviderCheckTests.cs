using ChatStream.Web.Providers;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers;

internal sealed class ProviderCheckTests
{
    [TestCase("https://my-resource.openai.azure.com/", "", ProviderKind.Azure, true)]
    [TestCase("http://my-resource.openai.azure.com/", "", ProviderKind.Azure, false,
        TestName = "An_Entra_token_is_not_sent_without_encryption")]
    [TestCase("http://192.168.0.7:5081/", "", ProviderKind.Azure, false)]
    [TestCase("http://localhost:5081/", "", ProviderKind.Azure, true)]
    [TestCase("http://127.0.0.1:5081/", "", ProviderKind.Azure, true)]
    [TestCase("http://[::1]:5081/", "", ProviderKind.Azure, true)]
    [TestCase("http://localhost.example.com/", "", ProviderKind.Azure, false)]
    [TestCase("http://my-resource.openai.azure.com/", "K", ProviderKind.Azure, true)]
    [TestCase("http://my-server:11434/v1", "", ProviderKind.OpenAI, true)]
    [TestCase("/openai", "K", ProviderKind.Azure, false)]
    [TestCase("file:///etc/passwd", "K", ProviderKind.Azure, false)]
    [TestCase("", "K", ProviderKind.OpenAI, false)]
    [TestCase(
        "https://a.example.com/openai/deployments/d/chat/completions?api-version=2025-01-01", "K", ProviderKind.Azure, true)]
    [TestCase("https://a.example.com/openai/deployments/d?api-version=2025-01-01&key=K", "K", ProviderKind.Azure, false)]
    [TestCase("https://a.example.com/#openai", "K", ProviderKind.Azure, false)]
    [TestCase("https://a.example.com/models/chat/completions?api-version=2024-05-01-preview", "K", ProviderKind.Azure, false)]
    [TestCase("https://api.openai.com/v1/chat/completions", "K", ProviderKind.Azure, false)]
    [TestCase("https://a.example.com/openai/deployments/d/embeddings?api-version=2025-01-01", "K", ProviderKind.Azure, false)]
    [TestCase("https://a.example.com/openai/deployments/d/audio/speech?api-version=2025-01-01", "K", ProviderKind.Azure, false)]
    [TestCase("https://a.example.com/openai/v1/images/generations", "K", ProviderKind.Azure, false)]
    [TestCase("https://a.example.com/v1/embeddings", "K", ProviderKind.OpenAI, false)]
    [TestCase("https://a.example.com/v1/chat/completions", "K", ProviderKind.OpenAI, true)]
    [TestCase("https://a.example.com/v1/chat/completions/x", "K", ProviderKind.OpenAI, false)]
    [TestCase("https://a.example.com/v1?key=K", "K", ProviderKind.OpenAI, false)]
    public void An_endpoint_is_checked(string endpoint, string key, ProviderKind kind, bool isValid) => Check(
        new DeploymentOptions { Endpoint = endpoint, ApiKey = key, Kind = kind, Deployment = "d" },
        "Models:0:Deployments:0:Endpoint", isValid);

    [TestCase("2024-10-21", true)]
    [TestCase("2025-04-01-preview", true)]
    [TestCase("v1", true)]
    [TestCase("V1", false)]
    [TestCase("", false)]
    [TestCase("latest", false)]
    [TestCase("2024-10-21&x=1", false)]
    [TestCase("2024-10-21\n", false)]
    public void An_api_version_is_checked(string apiVersion, bool isValid) => Check(
        new DeploymentOptions { Endpoint = "https://a.example.com", Deployment = "d", ApiVersion = apiVersion },
        "Models:0:Deployments:0:ApiVersion", isValid);

    [TestCase("v1", ProviderKind.Azure, true)]
    [TestCase("2025-03-01-preview", ProviderKind.Azure, true)]
    [TestCase("2025-02-01-preview", ProviderKind.Azure, false)]
    [TestCase("2024-10-21", ProviderKind.Azure, false)]
    [TestCase("2024-10-21", ProviderKind.OpenAI, true)]
    public void Responses_need_an_api_version_that_has_them(string apiVersion, ProviderKind kind, bool isValid) => Check(
        new DeploymentOptions
        {
            Kind = kind,
            Endpoint = "https://a.example.com",
            Deployment = "d",
            ApiVersion = apiVersion,
            Api = ModelApi.Responses,
        },
        "Models:0:Deployments:0:ApiVersion must be v1, or 2025-03-01-preview or later", isValid);

    [TestCase("temperature", true)]
    [TestCase("reasoning.summary", true)]
    [TestCase("temprature", false)]
    public void What_is_left_out_is_checked(string member, bool isValid) => Check(
        new DeploymentOptions { Endpoint = "https://a.example.com", Deployment = "d", LeaveOut = ["top_p", member] },
        "Models:0:Deployments:0:LeaveOut:1: 'temprature' is none of stream_options, max_tokens,", isValid);

    [TestCase(ModelApi.Responses, "top_p", null)]
    [TestCase(ModelApi.Chat, "top_p", "Models:0:Deployments:0:Background needs Api to be responses.")]
    [TestCase(null, "top_p", "Models:0:Deployments:0:Background needs Api to be responses.")]
    [TestCase(ModelApi.Responses, "store", "Models:0:Deployments:0:Background needs store, which LeaveOut leaves out.")]
    [TestCase(ModelApi.Responses, "background", "Models:0:Deployments:0:Background needs background, which LeaveOut leaves out.")]
    public void Background_needs_what_it_works_with(ModelApi? api, string leftOut, string? fault) => Check(
        new DeploymentOptions
        {
            Endpoint = "https://a.example.com",
            Deployment = "d",
            Api = api,
            Background = true,
            LeaveOut = [leftOut],
        },
        fault ?? "", isValid: fault is null);

    [Test]
    public void A_sign_in_that_cannot_work_is_named_with_its_key() => Check(
        new DeploymentOptions
        {
            Endpoint = "https://a.example.com",
            Deployment = "d",
            ApiKey = "K",
            Credential = CredentialKind.ManagedIdentity,
        },
        "Models:0:Deployments:0:Credential cannot be set beside ApiKey", isValid: false);

    [Test]
    public void What_a_model_can_do_is_checked()
    {
        var model = new ModelOptions
        {
            Name = "m",
            ContextTokens = 0,
            Efforts = ["low", "Low", "", "low effort", "low"],
            Deployments = [new DeploymentOptions { Endpoint = "https://a.example.com", Deployment = "d" }],
        };

        Assert.That(new ProviderCheck().Validate(name: null, new ProviderOptions { Models = [model] }).Failures, Is.EqualTo(new[]
        {
            "Models:0:ContextTokens must be 1024 or more.",
            "Models:0:Efforts:1 must be a word of a-z, such as low.",
            "Models:0:Efforts:2 must be a word of a-z, such as low.",
            "Models:0:Efforts:3 must be a word of a-z, such as low.",
            "Models:0:Efforts:4: 'low' is in the list already.",
        }));
    }

    private static void Check(DeploymentOptions deployment, string key, bool isValid)
    {
        var options = new ProviderOptions { Models = [new ModelOptions { Name = "m", Deployments = [deployment] }] };
        var faults = new ProviderCheck().Validate(name: null, options).Failures?.ToList() ?? [];

        Assert.That(faults, Has.Count.EqualTo(isValid ? 0 : 1));
        Assert.That(faults, Has.All.StartsWith(key));
    }
}
