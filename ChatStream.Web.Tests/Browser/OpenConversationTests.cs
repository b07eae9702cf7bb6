using System.Text.RegularExpressions;
using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A conversation is opened in the page that is there. The browser's history works as with pages of their own.</summary>
internal sealed partial class OpenConversationTests : BrowserTest
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 80).Select(i => $"Line {i}\n\n"));

    [Test]
    public async Task The_list_the_place_and_what_is_typed_are_kept_for_each_conversation()
    {
        await using var user = await ArriveAsync();
        for (var i = 0; i < 35; i++)
            await user.ImportAsync($"Talk {i}", [$"Question {i}", i is 5 or 10 ? Long : "Short"], minute: i);
        await user.Page.GotoAsync("/");
        await user.Page.EvaluateAsync("() => { window.isSame = true; }");
        var (chat, list) = (user.Chat, user.Chat.List);

        await list["Talk 10"].Link.ScrollIntoViewIfNeededAsync();
        var top = await list.ScrollTopAsync();
        Assert.That(top, Is.GreaterThan(0));
        await list["Talk 10"].Link.ClickAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Question 10"]);
        await Expect(chat.Heading).ToHaveTextAsync("Talk 10");
        await Expect(user.Page).ToHaveTitleAsync("Talk 10 · ChatStream");
        await Expect(list.Shown).ToHaveTextAsync(["Talk 10"]);
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("“Talk 10” is open.");
        await Expect(chat.Answer.Copy).ToBeInViewportAsync();
        await Expect(chat.Answer.Text.Locator("p").Last).ToHaveTextAsync("Line 79");
        Assert.That(await list.ScrollTopAsync(), Is.EqualTo(top));
        await user.Page.Keyboard.TypeAsync("To ten");
        await chat.ScrollUpAsync(900);
        var place = await chat.ScrollTopAsync();

        await list["Talk 11"].Link.ClickAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Question 11"]);
        await Expect(chat.Message).ToHaveValueAsync("");
        await user.Page.Keyboard.TypeAsync("To eleven");
        Assert.That(await list.ScrollTopAsync(), Is.EqualTo(top));
        await chat.NewChat.ClickAsync();
        await Expect(user.Page).ToHaveURLAsync(App.Address.ToString());
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(chat.Heading).ToHaveTextAsync("New chat");
        await Expect(chat.Download).ToBeHiddenAsync();
        await Expect(list.Shown).ToHaveCountAsync(0);
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(chat.Message).ToHaveValueAsync("");

        await user.Page.GoBackAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Question 11"]);
        await Expect(chat.Message).ToHaveValueAsync("To eleven");
        await user.Page.GoBackAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Question 10"]);
        await Expect(chat.Message).ToHaveValueAsync("To ten");
        Assert.That(await chat.ScrollTopAsync(), Is.EqualTo(place).Within(2));
        await Expect(chat.Newest).ToBeVisibleAsync();
        await user.Page.GoForwardAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Question 11"]);
        Assert.That(await user.Page.EvaluateAsync<bool>("() => window.isSame"), Is.True, "no page was loaded");

        // The browser's own ways to open a link.
        var tab = await user.Context.RunAndWaitForPageAsync(
            () => list["Talk 12"].Link.ClickAsync(new() { Modifiers = [KeyboardModifier.Control] }));
        await Expect(new ChatPageObject(tab).Questions).ToHaveTextAsync(["Question 12"]);
        await Expect(chat.Questions).ToHaveTextAsync(["Question 11"]);

        // One that is older than what is loaded of the list.
        await list.LoadMore.ClickAsync();
        var old = await list["Talk 2"].Link.GetAttributeAsync("href");
        await user.Page.GotoAsync(old!);
        await Expect(chat.Conversations).ToHaveCountAsync(31);
        await Expect(list.Shown).ToHaveTextAsync(["Talk 2"]);
        await Expect(list.Shown).ToBeInViewportAsync();
        await Expect(chat.Message).ToBeFocusedAsync();
        await list.LoadMore.ClickAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(35);
        await Expect(chat.Conversations.Last).ToHaveTextAsync("Talk 0");
    }

    [Test]
    public async Task An_answer_goes_on_when_its_conversation_is_left_and_is_followed_when_it_is_opened_again()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        await user.ImportAsync("Other", ["Text"]);
        await user.Page.ReloadAsync();
        var (chat, list) = (user.Chat, user.Chat.List);
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await user.Page.EvaluateAsync("() => { window.left = new WeakRef(document.querySelector('article.message')); }");
        var released = user.Page.WaitForRequestFinishedAsync(new() { Predicate = IsStream });
        var failed = new TaskCompletionSource();
        user.Page.RequestFailed += (_, request) => _ = IsStream(request) && failed.TrySetResult();
        await list["Other"].Link.ClickAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Text"]);
        await Task.WhenAny(released, failed.Task).WaitAsync(Timeout);
        await Expect(chat.Stop).ToBeHiddenAsync();
        await Expect(list.Running).ToHaveTextAsync(["Hello"]);
        await IsReleasedAsync(user);

        await list["Hello"].Link.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(chat.Stop).ToBeVisibleAsync();
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(list.Running).ToHaveCountAsync(0);
        Assert.That(Requests, Has.Count.EqualTo(1));

        // A message that the server has not confirmed when the user leaves arrives all the same.
        Answer(Script.Answer("Later."));
        var held = new TaskCompletionSource();
        await user.Page.RouteAsync("**/chat/stream", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        await chat.SendAsync("And then?");
        await list["Other"].Link.ClickAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Text"]);
        held.SetResult();
        await RequestAsync(1);
        await list["Hello"].Link.ClickAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Hello", "And then?"]);
        await Expect(chat.Answer.Text).ToHaveTextAsync("Later.");
        await Expect(chat.Message).ToHaveValueAsync("");

        // One that the server does not take stays in its field, and the page says so.
        held = new TaskCompletionSource();
        await user.Page.UnrouteAllAsync();
        await user.Page.RouteAsync("**/chat/stream", async route =>
        {
            await held.Task;
            await route.FulfillAsync(new() { Status = 429 });
        });
        await chat.SendAsync("Once more");
        await chat.NewChat.ClickAsync();
        await Expect(chat.Messages).ToHaveCountAsync(0);
        held.SetResult();
        await Expect(chat.Refusal).ToHaveTextAsync("Your message in “Hello” was not sent. Its text is kept there.");
        await user.Page.GoBackAsync();
        await Expect(chat.Message).ToHaveValueAsync("Once more");
        Assert.That(Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_conversation_that_cannot_be_opened_changes_nothing_and_the_page_says_why()
    {
        await using var user = await ArriveAsync();
        var first = await user.ImportAsync("First", ["One"], minute: 1);
        var gone = await user.ImportAsync("Gone", ["Nothing"], minute: 2);
        await user.ImportAsync("Third", ["Three"], minute: 3);
        await user.Page.GotoAsync(first);
        var (chat, list) = (user.Chat, user.Chat.List);
        await chat.Message.FillAsync("Typed");

        await user.Page.APIRequest.DeleteAsync(gone.Replace("/chat/", "/conversations/", StringComparison.Ordinal));
        await list["Gone"].Link.ClickAsync();
        await Expect(chat.Refusal).ToHaveTextAsync("This conversation no longer exists. It has been deleted.");
        await Expect(chat.Conversations).ToHaveTextAsync(["Third", "First"]);
        await IsUnchangedAsync();

        await user.Page.RouteAsync(Pages(), route => route.AbortAsync());
        await list["Third"].Link.ClickAsync();
        await Expect(chat.Refusal)
            .ToHaveTextAsync("The conversation could not be opened: the server did not answer. What you see is as it was.");
        await IsUnchangedAsync();
        await user.Page.UnrouteAllAsync();
        await chat.SendAgain.ClickAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Three"]);
        await Expect(chat.Refusal).ToBeHiddenAsync();

        // The same when the user goes back: the address is that of what is shown.
        await user.Page.RouteAsync(Pages(), route => route.FulfillAsync(new() { Status = 503 }));
        await user.Page.EvaluateAsync("() => history.back()");
        await Expect(chat.Refusal).ToBeVisibleAsync();
        await Expect(list.Shown).ToHaveTextAsync(["Third"]);
        await Expect(user.Page).Not.ToHaveURLAsync(new Uri(App.Address, first).ToString());
        await user.Page.UnrouteAllAsync();
        await chat.SendAgain.ClickAsync();
        await IsUnchangedAsync();

        foreach (var url in new[] { "**/chat/*", "**/models" })
            await user.Page.RouteAsync(
                url, route => route.FulfillAsync(new() { Status = 302, Headers = [new("Location", "https://login.example/")] }));
        await list["Third"].Link.ClickAsync();
        await Expect(chat.Connection)
            .ToHaveTextAsync("Your sign-in has expired. Load this page again to sign in. What you typed is kept.");
        await IsUnchangedAsync();
        user.Errors.RemoveAll(error => error.Contains("login.example", StringComparison.Ordinal));

        async Task IsUnchangedAsync()
        {
            await Expect(chat.Questions).ToHaveTextAsync(["One"]);
            await Expect(list.Shown).ToHaveTextAsync(["First"]);
            await Expect(user.Page).ToHaveURLAsync(new Uri(App.Address, first).ToString());
            await Expect(chat.Message).ToHaveValueAsync("Typed");
        }
    }

    /// <summary>Nothing holds the messages that were shown: no listener, timer or reader.</summary>
    private static async Task IsReleasedAsync(BrowserUser user)
    {
        var session = await user.Context.NewCDPSessionAsync(user.Page);
        while (await user.Page.EvaluateAsync<bool>("() => window.left.deref() !== undefined"))
        {
            Timeout.ThrowIfCancellationRequested();
            await session.SendAsync("HeapProfiler.collectGarbage");
        }
        await session.DetachAsync();
    }

    private static bool IsStream(IRequest request) => request.Url.Contains("/chat/stream", StringComparison.Ordinal);

    [GeneratedRegex("/chat/[A-Za-z0-9_-]{16}$")]
    private static partial Regex Pages();
}
