using NUnit.Framework;
using NetArchTest.Rules;

namespace ChatStream.Web.Tests.Architecture;

/// <summary>Imports point one way.</summary>
internal sealed class ImportTests
{
    private const string Root = "ChatStream.Web";

    private static readonly string[] Folders =
        ["Contract", "Streaming", "Providers", "Conversations", "Generations", "Controllers", "Views", "Hosting"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Contract"] = [],
        ["Streaming"] = ["Contract"],
        ["Providers"] = ["Contract"],
        ["Conversations"] = ["Contract"],
        ["Generations"] = ["Contract", "Streaming", "Providers", "Conversations"],
        ["Controllers"] = ["Contract", "Streaming", "Providers", "Conversations", "Generations"],
        ["Views"] = ["Contract", "Controllers"],
        ["Hosting"] = ["Contract", "Streaming", "Providers", "Conversations", "Generations", "Controllers"],
    };

    [TestCaseSource(nameof(Folders))]
    public void A_folder_imports_only_what_stands_below_it(string folder)
    {
        var forbidden = Folders.Except(Allowed[folder]).Where(other => other != folder).Select(other => $"{Root}.{other}").ToArray();

        Assert.That(Offenders(folder, forbidden), Is.Empty);
    }

    [Test]
    public void The_rule_sees_an_import_where_there_is_one() =>
        Assert.That(Offenders("Generations", $"{Root}.Providers"), Does.Contain("ChatStream.Web.Generations.ModelRun"), "in the body of a method");

    [Test]
    public void Every_folder_with_code_has_its_place()
    {
        var namespaces = typeof(Program).Assembly.GetTypes().Select(type => type.Namespace ?? "").Where(name => name.StartsWith(Root, StringComparison.Ordinal))
            .Select(name => name.Split('.').ElementAtOrDefault(2)).Where(name => name is not null).Distinct();

        Assert.That(namespaces, Is.EquivalentTo(Folders));
    }

    [Test]
    public void Only_providers_know_the_sdk()
    {
        var types = Types.InAssembly(typeof(Program).Assembly).That().HaveDependencyOnAny("Azure", "OpenAI", "System.ClientModel").GetTypes().ToList();

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
    public void Only_the_generations_folder_and_what_is_above_asks_for_a_model() =>
        Assert.That(Types.InAssembly(typeof(Program).Assembly).That().HaveDependencyOn("Microsoft.Extensions.AI").GetTypes()
            .Select(type => type.Namespace).Distinct(), Is.SubsetOf(new[] { $"{Root}.Providers", $"{Root}.Generations" }));

    private static IEnumerable<string> Offenders(string folder, params string[] forbidden) =>
        Types.InAssembly(typeof(Program).Assembly).That().ResideInNamespace($"{Root}.{folder}").And().HaveDependencyOnAny(forbidden)
            .GetTypes().Select(type => type.FullName!);
}
