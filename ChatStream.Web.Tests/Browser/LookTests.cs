using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// The page in each of its states on one screen. Nothing scrolls sideways, the composer is in view, and axe finds no violation.
/// A picture of each state is left in <c>artifacts/screenshots</c>. Each screen is a fixture, so that screens run side by side.
/// </summary>
[TestFixtureSource(nameof(Screens))]
internal sealed class LookTests(string name, ViewportSize size, bool dark) : BrowserTest
{
    /// <summary>A picture of an empty page has fewer bytes than this.</summary>
    private const int LeastPicture = 8_000;

    private const string Question =
        "How does a log help when the connection drops in the middle of an answer, and who pays for it?";

    private static readonly AxeRunOptions Everything =
        new() { Rules = new() { ["target-size"] = new RuleOptions { Enabled = true } } };

    /// <summary>In the dark, only the colours are others.</summary>
    private static readonly AxeRunOptions Colours =
        new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] } };

    private static readonly ViewportSize SmallPhone = new() { Width = 320, Height = 568 };

    private const string IsSeen = """
        (element) => {
            const { left, top, width, height } = element.getBoundingClientRect();
            return [0.1, 0.5, 0.9].every((part) => document.elementFromPoint(left + width / 2, top + height * part) === element);
        }
        """;

    public static IEnumerable<TestFixtureData> Screens()
    {
        yield return Screen("desktop-light", Chromium.Desktop, dark: false);
        yield return Screen("desktop-dark", Chromium.Desktop, dark: true);
        yield return Screen("phone-light", Picture.Phone, dark: false);
        yield return Screen("phone-dark", Picture.Phone, dark: true);
        yield return Screen("small-phone", SmallPhone, dark: false);
        yield return Screen("wide", new() { Width = 1920, Height = 1080 }, dark: false);
        var half = new ViewportSize { Width = Chromium.Desktop.Width / 2, Height = Chromium.Desktop.Height / 2 };
        yield return Screen("desktop-at-200-percent", half, dark: false);
    }

    [Test]
    public async Task Every_state_of_the_page_fits_its_screen_and_can_be_read()
    {
        var gate = new Gate();
        Answer(
            Script.Start().Text("A log keeps each frame, and a connection only reads it.\n\n").Text(new string('m', 400))
            .Text("\n\nSo every reader that comes")
            .Wait(gate).Text(" back").Stall());
        Answer(AzureErrors.RateLimited(TimeSpan.FromSeconds(90)));
        await using var user = await ArriveAsync(viewport: size, dark: dark);
        var chat = user.Chat;

        await Expect(chat.Message).ToBeFocusedAsync();
        await IsFitAsync("1-new", "What would you like to know?");

        await chat.SendAsync(Question);
        await Expect(chat.Answer.Text).ToContainTextAsync("So every reader that comes");
        await IsFitAsync("2-writing", "Writing");

        gate.Open();
        await Expect(chat.Answer.Text).ToContainTextAsync("comes back");
        await chat.Stop.ClickAsync();
        await IsFitAsync("3-stopped", "You stopped this answer.");

        await chat.SendAsync("https://example.com/a-long-address-without-a-place-to-break/" + new string('x', 200));
        await IsFitAsync("4-failed", "The model is busy: its rate limit has been reached.");

        await chat.SendAsync(string.Join(' ', Enumerable.Repeat("word", 600)));
        await IsFitAsync("5-refused", "tokens long");

        if (size.Width < Chromium.Desktop.Width)
        {
            await Expect(chat.Conversations).ToBeHiddenAsync();
            await chat.ConversationsButton.ClickAsync();
        }
        await Expect(chat.Conversations).ToBeInViewportAsync();
        await IsFitAsync("6-conversations", "How does a log help");
        await user.Page.Locator("[data-action=shortcuts]").ClickAsync();
        await IsFitAsync("7-shortcuts", "Keyboard shortcuts");
        await user.Page.Keyboard.PressAsync("Escape");
        await user.Page.Keyboard.PressAsync("Escape");
        await chat.MessageAt(0).Edit.ClickAsync();
        await Expect(chat.Edited).ToBeInViewportAsync();
        await Expect(chat.CancelEdit).ToBeInViewportAsync();
        Assert.That(await chat.Edited.EvaluateAsync<bool>(IsSeen), Is.True, "nothing stands over what is edited");
        // On a small screen the composer is hidden during an edit.
        await IsFitAsync("8-editing", "Cancel", hasComposer: size.Width >= Chromium.Desktop.Width);
        await user.Page.GotoAsync("/chat/AAAAAAAAAAAAAAAA");
        await IsFitAsync("9-not-found", "This conversation was not found");

        async Task IsFitAsync(string state, string shown, bool hasComposer = true)
        {
            await Expect(user.Page.GetByText(shown).Filter(new() { Visible = true }).First).ToBeVisibleAsync();
            Assert.That(await chat.SidewaysAsync(), Is.LessThanOrEqualTo(0), $"{state}: nothing to scroll sideways");
            if (hasComposer)
                await Expect(chat.Message).ToBeInViewportAsync();

            Assert.That(await Picture.TakeAsync(user.Page, $"{name}-{state}"), Is.GreaterThan(LeastPicture), state);

            if (size != Picture.Phone && size != Chromium.Desktop)
                return; // axe would find the same as on the desktop and on the phone
            if (size == Picture.Phone && dark)
                return; // nor does it find colours that the dark desktop has not
            // The window shows everything: axe would measure only the visible half of a target under the composer.
            await user.Page.SetViewportSizeAsync(size.Width, 4_000);
            var found = await user.Page.RunAxe(dark ? Colours : Everything);
            await user.Page.SetViewportSizeAsync(size.Width, size.Height);
            Assert.That(found.Passes, Is.Not.Empty, state);
            Assert.That(
                found.Violations.Select(violation =>
                    $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Select(node => node.Html))}"),
                Is.Empty, state);
            if (!dark)
                Assert.That(await CodeSniffer.ErrorsAsync(user.Page), Is.Empty, state);
        }
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["Chat:ContextTokens"] = "512");

    private static TestFixtureData Screen(string name, ViewportSize size, bool dark) =>
        new TestFixtureData(name, size, dark).SetArgDisplayNames(name);
}
