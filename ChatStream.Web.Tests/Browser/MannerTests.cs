using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The panel in which the user says how answers are to be, on a desktop and on a phone, in both languages.</summary>
internal sealed class MannerTests : BrowserTest
{
    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        foreach (var (i, name) in new[] { "deep", "quick" }.Index())
        {
            setup.Settings[$"Models:{i}:Name"] = name;
            setup.Settings[$"Models:{i}:Deployments:0:Deployment"] = name;
            setup.Settings[$"Models:{i}:Deployments:0:Endpoint"] = emulator.Endpoint.ToString();
            setup.Settings[$"Models:{i}:Deployments:0:ApiKey"] = "emulator-key";
        }
        setup.Settings["Models:0:Label"] = "Deep thought";
        setup.Settings["Models:0:Verbosity"] = "true";
        setup.Settings["Models:0:Efforts:0"] = "minimal";
        setup.Settings["Models:0:Efforts:1"] = "high";
    });

    [Test]
    public async Task What_is_chosen_before_the_first_message_is_sent_with_it_and_stays([Values] bool isPhone)
    {
        await using var user = await ArriveAsync(viewport: isPhone ? Picture.Phone : null);
        var chat = user.Chat;
        await chat.Model.SelectOptionAsync("deep");
        await chat.OpenMannerAsync();
        await chat.Preset.SelectOptionAsync("creative");
        await Expect(chat.AboutPreset).ToHaveTextAsync("More ideas, in freer words.");
        await chat.Effort.SelectOptionAsync("high");
        await chat.Verbosity.SelectOptionAsync(new SelectOptionValue { Label = "short" });
        await chat.SystemPrompt.FillAsync("Speak of ships.");
        await chat.SystemPrompt.BlurAsync();
        await Expect(chat.MannerSaved).ToHaveTextAsync("Used from your first message on.");
        await Expect(chat.MannerNow).ToHaveTextAsync("Creative, high, short, own instructions");

        await chat.SendAsync("Hello");
        await Expect(chat.MannerPanel).ToBeHiddenAsync();
        await chat.Answer.HasEndedAsync();
        var sent = (await RequestAsync(0)).Json;
        Assert.That(sent.GetProperty("messages")[0].GetProperty("content").GetString(), Is.EqualTo(
            "Be inventive. Offer several ideas that differ, and write vividly.\n\nSpeak of ships."));
        Assert.That(sent.GetProperty("reasoning_effort").GetString(), Is.EqualTo("high"));
        Assert.That(sent.GetProperty("verbosity").GetString(), Is.EqualTo("low"));

        await user.Page.ReloadAsync();
        await Expect(chat.MannerNow).ToHaveTextAsync("Creative, high, short, own instructions");
        await chat.SendAsync("Again");
        await Expect(chat.Answers).ToHaveCountAsync(2);
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(1)).Body, Does.Contain("Speak of ships.").And.Contain("\"temperature\":1"));
    }

    [Test]
    public async Task A_later_choice_is_saved_at_once_and_each_conversation_has_its_own()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await chat.OpenMannerAsync();
        await chat.Preset.SelectOptionAsync("precise");
        await Expect(chat.MannerSaved).ToHaveTextAsync("Saved for this conversation.");

        await chat.NewChat.ClickAsync();
        await Expect(chat.MannerNow).ToHaveTextAsync("");
        await chat.Conversations.First.ClickAsync();
        await Expect(chat.MannerNow).ToHaveTextAsync("Precise");

        var tab = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);
        await Expect(tab.MannerNow).ToHaveTextAsync("Precise");
        await tab.OpenMannerAsync();
        await tab.Preset.SelectOptionAsync("");
        await Expect(tab.MannerSaved).ToHaveTextAsync("Saved for this conversation.");
        await tab.SendAsync("More");
        await Expect(tab.Answers).ToHaveCountAsync(2);
        Assert.That((await RequestAsync(1)).Parameters, Does.Not.Contain("temperature"));
    }

    [Test]
    public async Task A_choice_that_could_not_be_saved_is_sent_with_the_next_message()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await user.Page.RouteAsync("**/conversations/*", route =>
            route.Request.Method == "PATCH" ? route.AbortAsync() : route.ContinueAsync());
        await chat.OpenMannerAsync();
        await chat.SystemPrompt.FillAsync("Speak of ships.");
        await chat.SystemPrompt.BlurAsync();
        await Expect(chat.MannerSaved).ToHaveTextAsync("Not saved yet. It will be sent with your next message.");

        await chat.SendAsync("More");
        await Expect(chat.Answers).ToHaveCountAsync(2);
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(1)).Body, Does.Contain("{\"role\":\"system\",\"content\":\"Speak of ships.\"}"));
        await user.Page.ReloadAsync();
        await Expect(chat.MannerNow).ToHaveTextAsync("own instructions");
    }

    [Test]
    public async Task What_is_chosen_in_a_new_chat_is_there_after_a_visit_to_a_conversation([Values] bool isNewPage)
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.ImportAsync("Another", ["One", "Two"], 1);
        await user.Page.ReloadAsync();
        await chat.OpenMannerAsync();
        await chat.SystemPrompt.FillAsync("Speak of ships.");
        await chat.SystemPrompt.BlurAsync();
        await Expect(chat.MannerSaved).ToHaveTextAsync("Used from your first message on.");
        await user.Page.GetByLabel("Temporary chat").CheckAsync();
        await Expect(chat.MannerNow).ToHaveTextAsync("own instructions, Temporary chat");
        await chat.Message.FillAsync("Hello");

        await chat.List["Another"].Link.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Another");
        await Expect(chat.MannerNow).ToHaveTextAsync("");
        if (isNewPage)
            await user.Page.GotoAsync("/");
        else
            await chat.NewChat.ClickAsync();

        await Expect(chat.MannerNow).ToHaveTextAsync("own instructions, Temporary chat");
        await Expect(chat.Message).ToHaveValueAsync("Hello");
        await chat.Message.PressAsync("Enter");
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(0)).Body, Does.Contain("Speak of ships."));
        await Expect(chat.Heading).ToHaveTextAsync("Temporary chat");
        await chat.NewChat.ClickAsync();
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(chat.MannerNow).ToHaveTextAsync("");
    }

    [Test]
    public async Task A_choice_that_could_not_be_saved_is_there_after_a_visit_to_another_conversation()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.ImportAsync("First", ["One", "Two"], 1);
        await user.ImportAsync("Second", ["One", "Two"], 2);
        await user.Page.ReloadAsync();
        await chat.List["First"].Link.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("First");
        await user.Page.RouteAsync("**/conversations/*", route =>
            route.Request.Method == "PATCH" ? route.AbortAsync() : route.ContinueAsync());
        await chat.OpenMannerAsync();
        await chat.SystemPrompt.FillAsync("Speak of ships.");
        await chat.SystemPrompt.BlurAsync();
        await Expect(chat.MannerSaved).ToHaveTextAsync("Not saved yet. It will be sent with your next message.");

        await chat.List["Second"].Link.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Second");
        await Expect(chat.MannerNow).ToHaveTextAsync("");
        await chat.List["First"].Link.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("First");

        await Expect(chat.MannerNow).ToHaveTextAsync("own instructions");
        await chat.SendAsync("More");
        await Expect(chat.Answers).ToHaveCountAsync(2);
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(0)).Body, Does.Contain("Speak of ships."));
    }

    [Test]
    public async Task Only_what_the_model_takes_is_shown()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.OpenMannerAsync();
        await Expect(chat.Effort).ToBeHiddenAsync();
        await Expect(chat.Verbosity).ToBeHiddenAsync();
        await chat.Model.SelectOptionAsync("deep");
        await chat.OpenMannerAsync();
        await chat.Effort.SelectOptionAsync("minimal");
        await chat.Verbosity.SelectOptionAsync("high");
        await Expect(chat.MannerNow).ToHaveTextAsync("minimal, long");
        await chat.Model.SelectOptionAsync("quick");
        await Expect(chat.MannerNow).ToHaveTextAsync("");
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(0)).Parameters, Does.Not.Contain("reasoning_effort").And.Not.Contain("verbosity"));

        await chat.Model.SelectOptionAsync("deep");
        await Expect(chat.MannerNow).ToHaveTextAsync("minimal, long");
        await chat.SendAsync("More");
        await Expect(chat.Answers).ToHaveCountAsync(2);
        Assert.That((await RequestAsync(1)).Json.GetProperty("reasoning_effort").GetString(), Is.EqualTo("minimal"));
    }

    [Test]
    public async Task The_panel_works_by_keyboard()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.Manner.FocusAsync();
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(chat.MannerPanel).ToBeVisibleAsync();
        // The script, which is loaded at the panel's first use, places it.
        await Expect(chat.MannerPanel).ToHaveAttributeAsync("style", new Regex("inset"));
        await user.Page.Keyboard.PressAsync("Tab");
        await Expect(chat.Preset).ToBeFocusedAsync();
        await user.Page.Keyboard.PressAsync("Tab");
        await Expect(chat.SystemPrompt).ToBeFocusedAsync();
        await user.Page.Keyboard.TypeAsync("Be kind, c? /");
        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(chat.MannerPanel).ToBeHiddenAsync();
        await Expect(chat.Manner).ToBeFocusedAsync();
        await Expect(chat.MannerNow).ToHaveTextAsync("own instructions");

        await user.Page.Keyboard.PressAsync("Enter");
        await chat.Message.FocusAsync();
        await Expect(chat.MannerPanel).ToBeHiddenAsync();
    }

    [TestCase("en-GB", "How it answers", "Style", "Instructions")]
    [TestCase("zh-CN", "回答方式", "风格", "指令")]
    public async Task The_panel_has_labels_fits_each_screen_and_axe_finds_nothing(
        string locale, string title, string style, string instructions)
    {
        await using var user = await ArriveAsync(locale: locale);
        var chat = user.Chat;
        await chat.Model.SelectOptionAsync("deep");
        await chat.OpenMannerAsync();
        await chat.Preset.SelectOptionAsync("precise");
        await chat.SystemPrompt.FillAsync(string.Concat(Enumerable.Repeat("Speak of ships, and of the sea. ", 20)));
        await Expect(user.Page.GetByRole(AriaRole.Group, new() { Name = title })).ToBeVisibleAsync();
        await Expect(user.Page.GetByLabel(style)).ToBeVisibleAsync();
        await Expect(user.Page.GetByLabel(instructions, new() { Exact = true })).ToBeVisibleAsync();
        await Picture.TakeBothAsync(chat, $"manner-{locale}");
        await user.Page.SetViewportSizeAsync(Picture.Phone.Width, Picture.Phone.Height);
        await Expect(chat.MannerPanel).ToBeInViewportAsync(new() { Ratio = 1 });
        var found = await user.Page.RunAxe();
        Assert.That(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);
    }

    [Test]
    public async Task Without_a_script_the_panel_unfolds_and_the_form_sends_it()
    {
        await using var user = await ArriveAsync(javaScript: false);
        var chat = user.Chat;
        await chat.OpenMannerAsync();
        await chat.Preset.SelectOptionAsync("precise");
        await chat.SystemPrompt.FillAsync("Speak of ships.");
        await chat.Message.FillAsync("Hello");
        await chat.Send.ClickAsync();

        await Expect(user.Page).ToHaveURLAsync(new Regex("/chat/"));
        await Expect(chat.MannerNow).ToHaveTextAsync("Precise, own instructions");
        Assert.That((await RequestAsync(0)).Body, Does.Contain("Speak of ships.").And.Contain("\"temperature\":0.2"));
    }
}
