using ChatStream.Web.Answers.Running;
using ChatStream.Web.Hosting;
using ChatStream.Web.Providers;
using ChatStream.Web.Settings;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Settings;

/// <summary>A mistyped key is found, and the key that was probably meant.</summary>
internal sealed class KnownSectionTests
{
    private static readonly KnownSection[] Sections =
    [
        new("Generation", typeof(GenerationOptions)),
        new("AzureOpenAI", typeof(AzureOpenAIOptions)),
        new("Models", typeof(IReadOnlyList<ModelOptions>)),
        new("Api", typeof(ApiOptions)),
    ];

    [TestCase("Generation:AbandonAfer", "Generation:AbandonAfter")]
    [TestCase("Generation:draintime", "Generation:DrainFor")]
    [TestCase("AzureOpenAI:Key", "AzureOpenAI:ApiKey")]
    [TestCase("AzureOpenAI:API_VERSION", "AzureOpenAI:ApiVersion")]
    [TestCase("Models:0:Nam", "Models:0:Name")]
    [TestCase("Models:0:Deployments:1:Endpont", "Models:0:Deployments:1:Endpoint")]
    [TestCase("Api:Keys:0:Kei", "Api:Keys:0:Key")]
    [TestCase("Api:Kees", "Api:Keys")]
    public void An_unknown_key_is_named_with_the_nearest(string key, string nearest) =>
        Assert.That(Unknown(key), Is.EqualTo(new[] { (key, nearest) }));

    [Test]
    public void A_section_that_is_not_known_is_named_once() =>
        Assert.That(Unknown("Generation:Abandon:After"), Is.EqualTo(new[] { ("Generation:Abandon", "Generation:AbandonAfter") }));

    [TestCase("Generation:AbandonAfter")]
    [TestCase("generation:ABANDONAFTER")]
    [TestCase("Models:0:Deployments:0:UseMaxTokens")]
    [TestCase("Models:main:Name")]
    [TestCase("Api:Keys:0:Name")]
    [TestCase("Logging:LogLevel:Default")]
    [TestCase("Generations:AbandonAfter")]
    public void Keys_that_are_known_or_of_others_are_not(string key) => Assert.That(Unknown(key), Is.Empty);

    private static IEnumerable<(string, string)> Unknown(string key)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new(key, "1")]).Build();
        return Sections.SelectMany(section => section.Unknown(settings));
    }
}
