using ChatStream.Web.Providers;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers;

internal sealed class ModelCatalogTests
{
    [Test]
    public void Without_settings_there_is_only_the_demo_model()
    {
        var catalog = Catalog();

        Assert.That(catalog.IsDemo, Is.True);
        Assert.That((catalog.Default.Name, catalog.Default.Label), Is.EqualTo(("demo", "Demo model")));
        Assert.That(catalog.Default.Deployments, Is.Empty);
    }

    [Test]
    public void Three_settings_make_a_model()
    {
        var catalog = Catalog(
            ("AzureOpenAI:Endpoint", "https://my-resource.openai.azure.com/"),
            ("AzureOpenAI:Deployment", "gpt-4o"), ("AzureOpenAI:ApiKey", "K"));

        Assert.That(catalog.IsDemo, Is.False);
        Assert.That(catalog.Models.Select(model => (model.Name, model.Label)), Is.EqualTo(new[] { ("gpt-4o", "gpt-4o") }));
        var deployment = catalog.Default.Deployments.Single();
        Assert.That(
            (deployment.Kind, deployment.Endpoint, deployment.Deployment, deployment.ApiKey),
            Is.EqualTo((ProviderKind.Azure, "https://my-resource.openai.azure.com/", "gpt-4o", "K")));
        Assert.That((deployment.ApiVersion, deployment.UseMaxTokens), Is.EqualTo(("v1", false)));
    }

    [Test]
    public void Both_forms_say_how_to_sign_in()
    {
        var catalog = Catalog(
            ("AzureOpenAI:Endpoint", "https://a.example.com"), ("AzureOpenAI:Deployment", "gpt-5-mini"),
            ("AzureOpenAI:Credential", "managedIdentity"), ("AzureOpenAI:ClientId", "0f1e"),
            ("AzureOpenAI:Audience", "https://ai.azure.com"),
            ("Models:0:Name", "mini"), ("Models:0:Deployments:0:Endpoint", "https://b.example.com"),
            ("Models:0:Deployments:0:Deployment", "mini-1"), ("Models:0:Deployments:0:Credential", "workloadidentity"),
            ("Models:0:Deployments:0:ClientId", "2d3c"), ("Models:0:Deployments:0:Audience", "api://b"));

        Assert.That(
            catalog.Models.SelectMany(model => model.Deployments).Select(d => (d.Credential, d.ClientId, d.Audience)),
            Is.EqualTo(new[]
            {
                (CredentialKind.ManagedIdentity, "0f1e", "https://ai.azure.com"),
                (CredentialKind.WorkloadIdentity, "2d3c", "api://b"),
            }));
    }

    [Test]
    public void The_list_of_models_follows_the_short_form()
    {
        var catalog = Catalog(
            ("AzureOpenAI:Endpoint", "https://a.example.com"), ("AzureOpenAI:Deployment", "gpt-4o"),
            ("Models:0:Name", "mini"), ("Models:0:Label", "Small and quick"),
            ("Models:0:Deployments:0:Endpoint", "https://b.example.com"), ("Models:0:Deployments:0:Deployment", "mini-1"),
            ("Models:0:Deployments:0:ApiVersion", "2024-10-21"),
            ("Models:0:Deployments:1:Endpoint", "http://c.example.com/v1"), ("Models:0:Deployments:1:Deployment", "mini-2"),
            ("Models:0:Deployments:1:Kind", "openai"), ("Models:0:Deployments:1:UseMaxTokens", "true"));

        Assert.That(catalog.Models.Select(model => (model.Name, model.Label)), Is.EqualTo(new[]
        {
            ("gpt-4o", "gpt-4o"), ("mini", "Small and quick"),
        }));
        Assert.That(catalog.Default.Name, Is.EqualTo("gpt-4o"));
        var deployments = catalog.Find("MINI")!.Deployments;
        Assert.That(deployments.Select(d => (d.Deployment, d.Kind, d.ApiVersion, d.UseMaxTokens)), Is.EqualTo(new[]
        {
            ("mini-1", ProviderKind.Azure, "2024-10-21", false), ("mini-2", ProviderKind.OpenAI, "v1", true),
        }));
        Assert.That(catalog.Find("other"), Is.Null);
    }

    [Test]
    public void A_model_has_what_the_settings_say_of_it()
    {
        var model = Catalog(
            ("Models:0:Name", "deep"), ("Models:0:Description", "Thinks before it answers"), ("Models:0:ContextTokens", "400000"),
            ("Models:0:Images", "true"), ("Models:0:Tools", "true"), ("Models:0:Verbosity", "true"),
            ("Models:0:Efforts:0", "minimal"), ("Models:0:Efforts:1", "high"),
            ("Models:0:Deployments:0:Endpoint", "https://a.example.com"), ("Models:0:Deployments:0:Deployment", "gpt-5"),
            ("Models:0:Deployments:0:Name", "east")).Default;

        Assert.That((model.Description, model.ContextTokens), Is.EqualTo(("Thinks before it answers", 400_000)));
        Assert.That((model.Images, model.Tools, model.Verbosity), Is.EqualTo((true, true, true)));
        Assert.That(model.Efforts, Is.EqualTo(new[] { "minimal", "high" }));
        Assert.That(model.Deployments[0].DisplayName, Is.EqualTo("east"));
    }

    [TestCase("single", "gpt-4o", "gpt-4o-2024-11-20", null)]
    [TestCase("single", "gpt-4o", "GPT-4o", null)]
    [TestCase("single", "gpt-4o", "gpt-4o:latest", null)]
    [TestCase("single", "gpt-4o", "gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18")]
    [TestCase("single", "gpt-4o", "single-1", null)]
    [TestCase("single", "gpt-4o", null, null)]
    [TestCase("double", "east", "router-2025", "east")]
    [TestCase("double", "west", "grok-3", "grok-3, west")]
    [TestCase("double", null, null, null)]
    [TestCase("gone", "east", "gone-1", null)]
    [TestCase("gone", "east", "gpt-4o", "gpt-4o")]
    [TestCase(null, null, null, null)]
    public void Figures_tell_the_model_and_the_deployment_that_the_name_does_not_say(
        string? name, string? deployment, string? answered, string? told)
    {
        var catalog = Catalog(
            ("Models:0:Name", "single"), ("Models:0:Deployments:0:Endpoint", "https://a.example.com"),
            ("Models:0:Deployments:0:Deployment", "gpt-4o"),
            ("Models:1:Name", "double"), ("Models:1:Deployments:0:Endpoint", "https://a.example.com"),
            ("Models:1:Deployments:0:Deployment", "router"), ("Models:1:Deployments:0:Name", "east"),
            ("Models:1:Deployments:1:Endpoint", "https://b.example.com"), ("Models:1:Deployments:1:Deployment", "router"),
            ("Models:1:Deployments:1:Name", "west"));

        Assert.That(catalog.AnsweredBy(name, deployment, answered), Is.EqualTo(told));
    }

    [Test]
    public void Every_fault_is_a_line_that_names_its_key()
    {
        var faults = new ProviderCheck().Validate(name: null, Options(
            ("AzureOpenAI:Endpoint", "my-resource"), ("AzureOpenAI:ApiVersion", "latest"), ("AzureOpenAI:ApiKey", "K"),
            ("Models:0:Label", "No name"),
            ("Models:1:Name", "a"),
            ("Models:1:Deployments:0:Endpoint", "http://a.example.com"), ("Models:1:Deployments:0:Deployment", "d"),
            ("Models:1:Deployments:1:Kind", "openai"), ("Models:1:Deployments:1:Endpoint", "ftp://a.example.com"),
            ("Models:1:Deployments:1:ApiVersion", "any"),
            ("Models:2:Name", "A"),
            ("Models:2:Deployments:0:Endpoint", "https://a.example.com"), ("Models:2:Deployments:0:Deployment", "d"))).Failures;

        Assert.That(faults, Is.EqualTo(new[]
        {
            "AzureOpenAI:Endpoint must be an http or https address such as https://my-resource.openai.azure.com/.",
            "AzureOpenAI:Deployment is missing.",
            "AzureOpenAI:ApiVersion must be a date such as 2024-10-21, or v1.",
            "Models:0:Name is missing.",
            "Models:0:Deployments is empty.",
            "Models:1:Deployments:0:Endpoint must be https where no ApiKey is set: "
                + "the SDK would send an Entra ID token in the clear.",
            "Models:1:Deployments:1:Endpoint must be an http or https address such as https://my-resource.openai.azure.com/.",
            "Models:1:Deployments:1:Deployment is missing.",
            "Models:2:Name: 'A' names another model already.",
        }));
    }

    private static ModelCatalog Catalog(params (string Key, string Value)[] settings) =>
        new(Microsoft.Extensions.Options.Options.Create(Options(settings)));

    private static ProviderOptions Options(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, string? (s) => s.Value)).Build()
            .Get<ProviderOptions>() ?? new();
}
