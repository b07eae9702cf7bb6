using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The preferences of a user who signs in are in each of the user's browsers; others are in their browser.</summary>
internal sealed class StoredPreferenceTests(DatabaseKind kind) : HeaderSignInTest(kind)
{
    [Test]
    public async Task Another_browser_of_the_user_has_them_and_another_user_does_not()
    {
        var name = NewName("ada");
        using var first = Person(name);
        using var second = Person(name);
        using var other = Person(NewName("bea"));
        await PreferAsync(first, "theme=dark&language=de&size=large&follow=off&sends=bogus&notice=abc");
        await PreferAsync(first, "temporary=off&temporary=on");

        Assert.That(await HtmlAsync(second), Does.Contain("lang=\"de\"").And.Contain("data-theme=\"dark\"")
            .And.Contain("data-size=\"large\"").And.Contain("data-follow=\"off\"").And.Contain("data-temporary=\"on\"")
            .And.Contain("data-sends=\"auto\"").And.Contain("Nachricht schreiben"));
        Assert.That(await HtmlAsync(other), Does.Contain("lang=\"en\"").And.Contain("data-theme=\"auto\""));

        await PreferAsync(second, "theme=light&language=auto&temporary=off");
        Assert.That(await HtmlAsync(first), Does.Contain("lang=\"en\"").And.Contain("data-theme=\"light\"")
            .And.Contain("data-size=\"large\"").And.Contain("data-temporary=\"off\""));
        using var erased = await first.Http.DeleteAsync("/account", Token);
        using var third = Person(name);
        Assert.That(await HtmlAsync(third), Does.Contain("data-theme=\"auto\""), "erased with all else");
    }

    [TestCase("theme=dark&size=huge", "theme=dark&size=huge")]
    [TestCase("size=huge&theme=dark&color=red&sends=", "theme=dark&size=huge")]
    [TestCase("theme=auto&temporary=off&follow=off", "follow=off")]
    [TestCase("language=de&notice=a%2Bb", "language=de&notice=a%2Bb")]
    [TestCase("=&&;%", "")]
    [TestCase(null, "")]
    public void Only_what_is_known_and_not_the_default_is_kept(string? text, string kept) =>
        Assert.That(UserPreferences.Parse(text).ToString(), Is.EqualTo(kept));

    private static async Task PreferAsync(ChatClient user, string form)
    {
        using var content = new StringContent(form, null, "application/x-www-form-urlencoded");
        using var response = await user.Http.PostAsync("/preferences", content, Token);
        Assert.That((int)response.StatusCode, Is.EqualTo(303));
    }

    private static async Task<string> HtmlAsync(ChatClient user)
    {
        using var request = Get("/", "text/html");
        using var response = await user.Http.SendAsync(request, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }
}
