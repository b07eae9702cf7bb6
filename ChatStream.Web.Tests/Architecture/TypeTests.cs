using ChatStream.Web.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Architecture;

internal sealed class TypeTests
{
    // Program is the compiler's. Migrations and views are generated.
    private static readonly List<Type> OwnTypes = [.. typeof(Program).Assembly.GetTypes().Where(type =>
        type.Namespace is { } name && name.StartsWith("ChatStream.Web", StringComparison.Ordinal)
        && !name.Contains(".Migrations", StringComparison.Ordinal) && !type.FullName!.Contains('<', StringComparison.Ordinal))];

    [Test]
    public void Classes_are_sealed_static_or_abstract()
    {
        Assert.That(OwnTypes, Has.Count.GreaterThan(80));
        Assert.That(OwnTypes.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false }), Is.Empty);
    }

    [Test]
    public void A_type_is_public_only_if_a_controller_or_a_view_needs_it()
    {
        var isPublic = OwnTypes.Where(type => type.IsPublic).ToList();
        var names = isPublic.Select(type => type.Name).Order();
        TestContext.Out.WriteLine($"{isPublic.Count} public types: {string.Join(' ', names)}");

        Assert.That(isPublic.Except(PublicTypes.NeededIn(OwnTypes)), Is.Empty);
    }

    [Test]
    public void The_rule_follows_signatures_and_goes_no_further()
    {
        var needed = PublicTypes.NeededIn(OwnTypes);

        Assert.That(needed, Does.Contain(typeof(FailureCode)), "a member of a member of what an action returns");
        Assert.That(needed, Does.Not.Contain(typeof(WireJson)), "used in bodies only");
        Assert.That(needed, Has.Count.LessThan(OwnTypes.Count / 2));
    }

    [Test]
    public void No_namespace_or_type_is_named_after_nothing_in_particular()
    {
        string[] empty = ["Services", "Helpers", "Helper", "Utils", "Util", "Managers", "Common", "Misc"];

        Assert.That(OwnTypes.SelectMany(type => type.Namespace!.Split('.')).Intersect(empty), Is.Empty);
        Assert.That(
            OwnTypes.Where(type => !IsTagHelper(type) && empty.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal))),
            Is.Empty);
    }

    /// <summary>MVC's own name for them.</summary>
    private static bool IsTagHelper(Type type) => type.IsSubclassOf(typeof(Microsoft.AspNetCore.Razor.TagHelpers.TagHelper));
}
