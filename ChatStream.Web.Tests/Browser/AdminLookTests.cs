using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The administrators' pages on each screen, and the stop of an answer that somebody else reads.</summary>
internal sealed class AdminLookTests : BrowserTest
{
    private const string BrokenNames = """
        () => [...document.querySelectorAll('table:has(#settings) tbody th')].flatMap((name, at, { length }) => {
            const broken = length > 10 ? [] : ['few names'];
            const texts = document.createTreeWalker(name, NodeFilter.SHOW_TEXT);
            for (let text = texts.nextNode(); text; text = texts.nextNode())
                for (const { 0: word, index } of text.data.matchAll(/[A-Z]*[a-z0-9]+|[A-Z]+/g)) {
                    const range = document.createRange();
                    range.setStart(text, index);
                    range.setEnd(text, index + word.length);
                    if (range.getClientRects().length !== 1) broken.push(`${word} of ${name.textContent}`);
                }
            return broken;
        })
        """;

    private static readonly TestCaseData[] Screens =
    [
        new TestCaseData("desktop", Chromium.Desktop, false, "en-GB").SetArgDisplayNames("desktop"),
        new TestCaseData("phone-dark", Chromium.Phone, true, "zh-CN").SetArgDisplayNames("phone, dark, Chinese"),
    ];

    [TestCaseSource(nameof(Screens))]
    public async Task It_fits_and_can_be_read(string screen, ViewportSize size, bool dark, string locale)
    {
        Answer(Script.Start().Text("so far").Stall());
        await using var user = await ArriveAsAsync("<b>Ada</b> Lovelace", Chromium.Desktop, dark: false, "en-GB");
        await user.Chat.SendAsync("Hi");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync("so far");
        await using var admin = await ArriveAsAsync("root", size, dark, locale);

        if (size.Width < Chromium.Desktop.Width)
            await admin.Chat.ConversationsButton.ClickAsync();
        await admin.Page.Locator("a[href='/admin']").ClickAsync();
        var heading = locale == "zh-CN" ? "管理" : "Administration";
        await Expect(admin.Page.Locator("h1")).ToHaveTextAsync(heading);
        await Expect(admin.Page.Locator("table").First).ToContainTextAsync("<b>Ada</b> Lovelace");
        await IsSoundAsync(admin.Page, $"admin-{screen}");
        Assert.That(await admin.Page.EvaluateAsync<string[]>(BrokenNames), Is.Empty, "a name breaks between its words only");

        await admin.Page.Locator("button[name=generationId]").First.ClickAsync();
        await Expect(admin.Page.Locator("h1")).ToHaveTextAsync(heading);
        await Expect(admin.Page.Locator("button[name=generationId]")).ToHaveCountAsync(0);
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync("so far");

        await admin.Page.Locator("a[href='/admin/audit']").ClickAsync();
        await Expect(admin.Page.Locator("tbody")).ToContainTextAsync("root");
        await IsSoundAsync(admin.Page, $"audit-{screen}");
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        setup.Settings["SignIn:Kind"] = "Header";
        setup.Settings["SignIn:Header:From:0"] = "127.0.0.0/8";
        setup.Settings["SignIn:Header:From:1"] = "::1";
        setup.Settings["SignIn:Admins:0"] = "root";
    });

    private async Task<BrowserUser> ArriveAsAsync(string name, ViewportSize size, bool dark, string locale)
    {
        var user = await ArriveAsync(path: null, viewport: size, dark: dark, locale: locale);
        await user.Context.SetExtraHTTPHeadersAsync([new("X-Forwarded-User", name)]);
        await user.Page.GotoAsync("/");
        return user;
    }

    private static async Task IsSoundAsync(IPage page, string picture)
    {
        await page.WaitForLoadStateAsync();
        Assert.That(
            await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"),
            Is.LessThanOrEqualTo(0), "nothing to scroll sideways");
        await Picture.TakeWholeAsync(page, picture);
        var found = await page.RunAxe(new AxeRunOptions());
        Assert.That(found.Passes, Is.Not.Empty);
        Assert.That(
            found.Violations.Select(violation =>
                $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Select(node => node.Html))}"), Is.Empty);
        Assert.That(await CodeSniffer.ErrorsAsync(page), Is.Empty);
    }
}
