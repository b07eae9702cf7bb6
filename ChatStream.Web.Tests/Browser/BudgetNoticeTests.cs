using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The chat page warns of a budget while it is used, and says in words when nothing more can be started.</summary>
internal sealed class BudgetNoticeTests : BrowserTest
{
    private static readonly TestCaseData[] Screens =
    [
        new TestCaseData(Chromium.Desktop, "en-GB", "Most of the budget “Daily & 每日” for today is used.",
            "The budget for today is used up. The page “Usage” shows which one.").SetArgDisplayNames("desktop"),
        new TestCaseData(Chromium.Phone, "zh-CN", "今天的预算“Daily & 每日”已用去大部分。",
            "今天的预算已用完。“用量”页面会显示是哪一项预算。").SetArgDisplayNames("phone, Chinese"),
    ];

    [TestCaseSource(nameof(Screens))]
    public async Task It_warns_once_and_then_refuses_in_words(ViewportSize size, string locale, string warning, string refusal)
    {
        for (var i = 0; i < 3; i++)
            Answer(Script.Answer("Here."));
        await using var user = await ArriveAsync(viewport: size, locale: locale);
        var (chat, notice) = (user.Chat, user.Page.Locator("#budget"));
        await Expect(notice).ToBeHiddenAsync();

        await SendAsync(user, "One");
        await Expect(notice).ToBeHiddenAsync();
        await SendAsync(user, "Two"); // one of three is used
        await Expect(notice.Locator("span")).ToHaveTextAsync(warning);
        await Expect(notice.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "/usage");
        await Picture.TakeAsync(user.Page, $"budget-soft-{locale}");

        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("Here.");
        await Expect(notice).ToBeHiddenAsync();
        await SendAsync(user, "Three");
        await Expect(notice).ToBeHiddenAsync();

        await user.Page.Locator("#message").FillAsync("Four");
        await user.Page.Locator("#composer .send").ClickAsync();
        await Expect(chat.Refusal).ToHaveTextAsync(refusal);
        await Expect(user.Page.Locator("#message")).ToHaveValueAsync("Four");
        await Picture.TakeAsync(user.Page, $"budget-hard-{locale}");
        Assert.That(Requests, Has.Count.EqualTo(3));

        await user.Page.ReloadAsync();
        await Expect(notice.Locator("span")).ToHaveTextAsync(refusal);
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        setup.Settings["Budgets:0:Name"] = "Daily & 每日";
        setup.Settings["Budgets:0:Of"] = "Answers";
        setup.Settings["Budgets:0:Per"] = "Day";
        setup.Settings["Budgets:0:Soft"] = "1";
        setup.Settings["Budgets:0:Hard"] = "3";
    });

    private static async Task SendAsync(BrowserUser user, string text)
    {
        await user.Page.Locator("#message").FillAsync(text);
        await user.Page.Locator("#composer .send").ClickAsync();
        await Expect(user.Page.Locator("article[data-role=user]").Last).ToContainTextAsync(text);
        await user.Chat.Answer.HasEndedAsync();
    }
}
