using NetArchTest.Rules;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Architecture;

/// <summary>Imports point one way.</summary>
internal sealed class ImportTests
{
    private const string Root = "ChatStream.Web";

    private static readonly string[] Leaves = ["Contract", "Settings", "Telemetry"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Contract"] = [],
        ["Settings"] = [],
        ["Telemetry"] = ["Contract"],
        ["Streaming"] = Leaves,
        ["Limits"] = [.. Leaves, "Storage"],
        ["Providers"] = Leaves,
        ["Storage"] = Leaves,
        ["Conversations"] = [.. Leaves, "Limits", "Storage"],
        ["Files"] = [.. Leaves, "Limits", "Providers", "Storage", "Conversations"],
        ["Usage"] = [.. Leaves, "Storage", "Conversations"],
        ["Sharing"] = [.. Leaves, "Storage", "Conversations"],
        ["Preferences"] = [.. Leaves, "Storage"],
        ["Prompts"] = [.. Leaves, "Providers", "Storage", "Conversations"],
        ["Privacy"] =
            [.. Leaves, "Storage", "Conversations", "Files", "Usage", "Tools", "Answers", "Preferences", "Prompts"],
        ["Tools"] = [.. Leaves, "Providers", "Storage"],
        ["Answers"] =
            [.. Leaves, "Limits", "Streaming", "Providers", "Storage", "Conversations", "Files", "Usage", "Tools"],
        ["Admin"] = [.. Leaves, "Limits", "Providers", "Storage", "Conversations", "Usage", "Answers"],
        ["Diagnosis"] = [.. Leaves, "Limits", "Streaming", "Storage", "Answers"],
        ["Controllers"] =
        [
            .. Leaves, "Limits", "Streaming", "Providers", "Storage", "Conversations", "Files", "Usage", "Answers", "Admin",
            "Privacy", "Sharing", "Preferences", "Prompts", "Diagnosis", "Tools", "Views",
        ],
        ["Views"] = ["Contract", "Storage"],
        ["Hosting"] =
        [
            .. Leaves, "Limits", "Streaming", "Providers", "Storage", "Conversations", "Files", "Usage", "Answers", "Admin",
            "Privacy", "Sharing", "Preferences", "Prompts", "Diagnosis", "Tools", "Views", "Controllers",
        ],
    };

    private static IEnumerable<string> Folders => Allowed.Keys;

    [TestCaseSource(nameof(Folders))]
    public void A_folder_imports_only_what_is_below_it(string folder)
    {
        var forbidden = Folders.Except(Allowed[folder]).Where(other => other != folder).Select(other => $"{Root}.{other}");

        Assert.That(Offenders(folder, [.. forbidden]), Is.Empty);
    }

    [Test]
    public void The_rule_sees_an_import_in_the_body_of_a_method() =>
        Assert.That(Offenders("Answers", $"{Root}.Providers"), Does.Contain("ChatStream.Web.Answers.Running.ModelRun"));

    [Test]
    public void Every_folder_with_code_has_its_place()
    {
        var namespaces = typeof(Program).Assembly.GetTypes().Select(type => type.Namespace ?? "")
            .Where(name => name.StartsWith(Root, StringComparison.Ordinal))
            .Select(name => name.Split('.').ElementAtOrDefault(2)).Where(name => name is not null).Distinct();

        Assert.That(namespaces, Is.EquivalentTo(Folders));
    }

    [Test]
    public void Only_providers_know_the_sdk()
    {
        var types = Types.InAssembly(typeof(Program).Assembly)
            .That().HaveDependencyOnAny("Azure", "OpenAI", "System.ClientModel").GetTypes().ToList();

        Assert.That(types, Is.Not.Empty);
        Assert.That(types.Select(type => type.FullName), Has.All.StartsWith($"{Root}.Providers."));
    }

    [Test]
    public void Only_the_program_knows_nlog()
    {
        var types = Types.InAssembly(typeof(Program).Assembly).That().HaveDependencyOn("NLog").GetTypes();

        Assert.That(types.Select(type => type.FullName), Is.EqualTo(new[] { nameof(Program) }));
    }

    [Test]
    public void Only_tools_know_the_protocol_of_tool_servers()
    {
        var types = Types.InAssembly(typeof(Program).Assembly).That().HaveDependencyOn("ModelContextProtocol")
            .GetTypes().ToList();

        Assert.That(types, Is.Not.Empty);
        Assert.That(types.Select(type => type.FullName), Has.All.StartsWith($"{Root}.Tools.Mcp."));
    }

    /// <summary>Answers ask a model for text, summaries and titles. Tools are functions of the same library.</summary>
    [Test]
    public void Only_answers_tools_and_providers_know_the_interface_of_a_model() =>
        Assert.That(
            Types.InAssembly(typeof(Program).Assembly).That().HaveDependencyOn("Microsoft.Extensions.AI").GetTypes()
                .Select(type => type.Namespace!.Split('.')[2]).Distinct(),
            Is.SubsetOf(new[] { "Providers", "Answers", "Tools" }));

    private static IEnumerable<string> Offenders(string folder, params string[] forbidden) =>
        Types.InAssembly(typeof(Program).Assembly)
            .That().ResideInNamespace($"{Root}.{folder}").And().HaveDependencyOnAny(forbidden)
            .GetTypes().Select(type => type.FullName!);
}
