using NUnit.Framework;

namespace ChatStream.Web.Tests.Architecture;

internal sealed class TypeTests
{
    // Program is the compiler's; migrations and views are generated.
    private static readonly List<Type> OwnTypes = [.. typeof(Program).Assembly.GetTypes().Where(type =>
        type.Namespace is { } name && name.StartsWith("ChatStream.Web", StringComparison.Ordinal) && !name.Contains(".Migrations", StringComparison.Ordinal)
        && !type.FullName!.Contains('<', StringComparison.Ordinal))];

    [Test]
    public void Classes_are_sealed_static_or_abstract()
    {
        Assert.That(OwnTypes, Has.Count.GreaterThan(80));
        Assert.That(OwnTypes.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false }), Is.Empty);
    }

    [Test]
    public void What_views_do_not_name_is_internal()
    {
        string[] publicToViews =
        [
            "ChatPage", "ConversationLink", "FormRefusal", "ModelView", "MessageView", "FinishReason", "FailureCode", "FailurePayload", "UsagePayload",
            "Ending", "EndingView", "Days", "Language", "Theme", "Words",
        ];

        Assert.That(OwnTypes.Where(type => type.IsPublic).Select(type => type.Name), Is.SubsetOf(publicToViews));
    }

    [Test]
    public void No_namespace_or_type_is_named_after_nothing_in_particular()
    {
        string[] empty = ["Services", "Helpers", "Helper", "Utils", "Util", "Managers", "Common", "Misc"];

        Assert.That(OwnTypes.SelectMany(type => type.Namespace!.Split('.')).Intersect(empty), Is.Empty);
        Assert.That(OwnTypes.Where(type => empty.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal))), Is.Empty);
    }
}
