using System.Collections.Concurrent;
using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Text of a model or a user is never run, loaded or followed.</summary>
internal sealed class HostileTextTests : BrowserTest
{
    private const string Image = "<img src=x onerror=\"window.pwned=1\">";
    private const string Element = "<script>window.pwned=2</script>";
    private const string Rest =
        "</div></article></template><svg/onload=window.pwned=3><iframe src=\"https://example.com/\"></iframe>"
        + "<link rel=stylesheet href=\"https://example.com/a.css\"><base href=\"https://example.com/\"><style>"
        + "*{display:none}</style>"
        + "![x](https://example.com/x.png) [x](javascript:window.pwned=4) &lt;b&gt; {{pwned}}";

    private const string Hostile = Image + Element + Rest;

    /// <summary>The text as an answer shows it: Markdown is rendered and markup stays text.</summary>
    private static readonly string Shown = Hostile.Replace(
        "![x](https://example.com/x.png) [x](javascript:window.pwned=4) &lt;b&gt;", "x x <b>", StringComparison.Ordinal);

    [Test]
    public async Task Markup_that_a_model_writes_is_shown_as_text()
    {
        // The split falls into the middle of a tag.
        string[] pieces = [.. Hostile.Chunk(3).Select(piece => new string(piece))];
        Answer(Script.Start().Reasoning(Hostile).Texts(pieces).Finish("stop").Done());
        await using var user = await ArriveAsync(path: null);
        var (chat, requested) = (user.Chat, new ConcurrentBag<string>());
        user.Page.Request += (_, request) => requested.Add(request.Url);
        user.Page.Dialog += (_, dialog) => Assert.Fail($"A dialogue was opened: {dialog.Message}");
        var response = await user.Page.GotoAsync("/");

        await chat.SendAsync(Hostile);
        await chat.Answer.HasEndedAsync();
        await IsTextAsync();
        await user.Page.ReloadAsync();
        await IsTextAsync();

        Assert.That(
            requested.Where(url => !url.StartsWith(App.Address.ToString(), StringComparison.Ordinal)), Is.Empty,
            "no request left the app");
        Assert.That(requested.Where(url => url.EndsWith("/x", StringComparison.Ordinal)), Is.Empty);
        // A violation of the policy would be an error in the console. There is none, because nothing was attempted.
        Assert.That(user.Errors, Is.Empty);
        Assert.That(PolicyOf(response!), Does.Contain("default-src 'none'").And.Not.Contain("unsafe"));

        async Task IsTextAsync()
        {
            Assert.That(await chat.Answer.Text.TextContentAsync(), Is.EqualTo(Shown));
            Assert.That(await chat.Answer.ReasoningText.TextContentAsync(), Is.EqualTo(Hostile));
            Assert.That(await chat.Questions.TextContentAsync(), Is.EqualTo(Hostile));
            var shown = chat.Answer.Article.Locator("> .text, .reasoning-text");
            Assert.That(await shown.Locator("img, script, svg, iframe, link, style, base").CountAsync(), Is.Zero);
            Assert.That(await shown.Locator("a").EvaluateAllAsync<string[]>("links => links.map(link => link.href)"),
                Has.Some.EqualTo("https://example.com/x.png").And.All.StartsWith("https://example.com/"),
                "an image is a link, and what runs is none");
            Assert.That(await user.Page.EvaluateAsync<bool>("() => 'pwned' in window"), Is.False);
            await Expect(chat.Message).ToBeVisibleAsync();
        }
    }

    [Test]
    public async Task Markup_in_a_shared_conversation_is_shown_as_text()
    {
        await using var user = await ArriveAsync();
        var conversation = new ImportedConversation(Hostile[..150]).Everywhere(Hostile);
        var id = (await conversation.ImportAsync(user)).Split('/')[^1];
        var shared = await user.Page.APIRequest.PostAsync(
            $"/conversations/{id}/share", new() { DataObject = new { reasoning = true, files = true } });
        var path = (await shared.JsonAsync())!.Value.GetProperty("path").GetString()!;
        await using var reader = await ArriveAsync(path: null);
        var requested = new ConcurrentBag<string>();
        reader.Page.Request += (_, request) => requested.Add(request.Url);
        reader.Page.Dialog += (_, dialog) => Assert.Fail($"A dialogue was opened: {dialog.Message}");

        var response = await reader.Page.GotoAsync(path);

        await Expect(reader.Page.Locator(".text.markdown")).ToHaveCountAsync(1);
        Assert.That(await reader.Page.Locator("[data-role=user] > .text").TextContentAsync(), Is.EqualTo(Hostile));
        Assert.That(await reader.Page.Locator(".text.markdown").TextContentAsync(), Is.EqualTo(Shown));
        Assert.That(await reader.Page.Locator(".reasoning-text").TextContentAsync(), Is.EqualTo(Hostile));
        Assert.That(await reader.Page.Locator("h1").TextContentAsync(), Is.EqualTo(Hostile[..150]));
        Assert.That(
            await reader.Page.Locator("main :is(img, script, iframe, link, style, base):not(template *)").CountAsync(), Is.Zero);
        Assert.That(await reader.Page.EvaluateAsync<bool>("() => 'pwned' in window"), Is.False);
        Assert.That(
            requested.Where(url => !url.StartsWith(App.Address.ToString(), StringComparison.Ordinal)), Is.Empty,
            "no request left the app");
        Assert.That(reader.Errors, Is.Empty);
        Assert.That(PolicyOf(response!), Does.Contain("default-src 'none'").And.Not.Contain("unsafe"));
    }

    [Test]
    public async Task The_pages_own_scripts_cannot_turn_text_into_markup()
    {
        await using var user = await ArriveAsync();

        var thrown = await user.Page.EvaluateAsync<string>($$"""
            () => {
                try {
                    document.querySelector('#conversation').innerHTML = '{{Image}}';
                    return 'It went in.';
                } catch (error) {
                    return error.name;
                }
            }
            """);

        Assert.That(thrown, Is.EqualTo("TypeError"));
        Assert.That(user.Errors, Has.Some.Contains("TrustedHTML"), "the browser tells, so that a silent console means something");
        user.Errors.Clear();
    }

    [TestCase("/")]
    [TestCase("/chat/AAAAAAAAAAAAAAAA")]
    public async Task Each_page_forbids_inline_code_and_contains_none(string path)
    {
        await using var user = await ArriveAsync(path: null);

        var response = await user.Page.GotoAsync(path);

        Assert.That(
            PolicyOf(response!), Does.Contain("default-src 'none'").And.Contain("script-src 'self'").And.Not.Contain("unsafe"));
        Assert.That(await response!.TextAsync(), Does.Not.Match("(?i)<script(?![^>]* src=)|<style|\\son[a-z]+=|\\sstyle="));
    }

    private static string PolicyOf(IResponse response) => response.Headers["content-security-policy"];
}
