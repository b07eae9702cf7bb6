using ChatStream.Web.Admin;
using ChatStream.Web.Settings;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Admin;

/// <summary>The settings that administrators see have no secret in them, and nothing that is not the app's own.</summary>
internal sealed class SettingsInForceTests
{
    [TestCase("Models:0:ApiKey", "abc", "•••")]
    [TestCase("Models:0:Secret", "abc", "•••")]
    [TestCase("Models:0:ClientSecret", "abc", "•••")]
    [TestCase("Models:0:Bearer", "abc", "•••")]
    [TestCase("Models:mcp:Environment:NAME", "abc", "•••")]
    [TestCase("Models:mcp:Arguments:0", "--key=abc", "•••")]
    [TestCase("Models:0:Postgres", "Host=db;Password=abc", "•••")]
    [TestCase("Models:0:Endpoint", "https://me:abc@example.org:8443/openai/?api-version=v1", "https://example.org:8443/openai/")]
    [TestCase("Models:0:PromptCacheKey", "true", "true")]
    [TestCase("Models:0:Name", "deep", "deep")]
    [TestCase("PathBase", "/chat", "/chat")]
    public void A_secret_is_hidden_and_the_rest_is_shown(string key, string value, string shown) =>
        Assert.That(All((key, value)), Is.EqualTo(new[] { (key, shown) }));

    [Test]
    public void Long_texts_are_cut() =>
        Assert.That(
            All(("Models:0:Description", new string('a', 201))).Single().Value, Has.Length.EqualTo(201).And.EndsWith("…"));

    [Test]
    public void What_is_not_the_apps_own_and_what_is_empty_is_left_out() =>
        Assert.That(All(("PATH", "/bin"), ("HOME", "/root"), ("Models:0:Label", ""), ("Others:Name", "x")), Is.Empty);

    private static IEnumerable<(string Key, string Value)> All(params (string Key, string Value)[] settings) =>
        new SettingsInForce(
            [new KnownSection("Models", typeof(object))],
            new ConfigurationBuilder().AddInMemoryCollection(
                settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build())
        .All().Select(setting => (setting.Key, setting.Value));
}
