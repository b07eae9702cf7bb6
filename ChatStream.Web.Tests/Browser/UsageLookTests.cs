using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Usage;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// The page of what was used, on each kind of screen, in both languages. Pictures stay in <c>artifacts/screenshots</c>.
/// </summary>
internal sealed class UsageLookTests : BrowserTest
{
    private const string Hostile =
        "</title><script>alert(1)</script>&\"' \u202Ea-model-with-a-name-that-is-far-too-long-for-a-chart";

    private static readonly ViewportSize SmallPhone = new() { Width = 320, Height = 568 };

    private static readonly AxeRunOptions Everything =
        new() { Rules = new() { ["target-size"] = new RuleOptions { Enabled = true } } };

    private static IEnumerable<TestCaseData> Screens()
    {
        yield return new TestCaseData("desktop-light", Chromium.Desktop, false, "en-GB").SetArgDisplayNames("desktop-light");
        yield return new TestCaseData("desktop-dark", Chromium.Desktop, true, "zh-CN").SetArgDisplayNames("desktop-dark");
        yield return new TestCaseData("phone-dark", Picture.Phone, true, "en-GB").SetArgDisplayNames("phone-dark");
        yield return new TestCaseData("small-phone", SmallPhone, false, "zh-CN").SetArgDisplayNames("small-phone");
    }

    [TestCaseSource(nameof(Screens))]
    public async Task It_fits_and_can_be_read(string screen, ViewportSize size, bool dark, string locale)
    {
        await using var user = await ArriveAsync(viewport: size, dark: dark);
        Answer(Script.Start().Text("Hello").Finish("stop").Usage(1000, 200).Done());
        await user.Chat.SendAsync("Hi");
        await user.Chat.Answer.HasEndedAsync();
        await FillAsync(new Owner(await OwnerAsync()));
        if (size.Width < Chromium.Desktop.Width)
            await user.Chat.ConversationsButton.ClickAsync();

        await user.Page.Locator("a[href='/usage']").ClickAsync();
        await Expect(user.Page.Locator("h1")).ToHaveTextAsync("Usage");
        if (locale == "zh-CN")
            await SpeakChineseAsync(user.Page);

        await Expect(user.Page.Locator("h1")).ToHaveTextAsync(locale == "zh-CN" ? "用量" : "Usage");
        await Expect(user.Page.Locator("svg[role=img]")).ToHaveCountAsync(4);
        await user.Page.WaitForLoadStateAsync();
        Assert.That(await user.Chat.SidewaysAsync(), Is.LessThanOrEqualTo(0), "nothing to scroll sideways");
        await Picture.TakeWholeAsync(user.Page, $"usage-{screen}");
        foreach (var picture in await user.Page.GetByRole(AriaRole.Img).AllAsync())
        {
            if (await picture.Locator("desc").CountAsync() > 0)
                Assert.That(await picture.Locator("> title").TextContentAsync(), Is.Not.Empty);
        }
        var found = await user.Page.RunAxe(Everything);
        Assert.That(found.Passes, Is.Not.Empty);
        Assert.That(
            found.Violations.Select(violation =>
                $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Select(node => node.Html))}"), Is.Empty);
        Assert.That(await CodeSniffer.ErrorsAsync(user.Page), Is.Empty);

        await user.Page.GetByRole(AriaRole.Link, new() { Name = locale == "zh-CN" ? "7 天" : "7 days" }).ClickAsync();
        await Expect(user.Page.Locator(".ranges [aria-current=page]")).ToContainTextAsync("7");
    }

    [Test]
    public async Task Under_an_answer_stand_its_tokens_and_its_cost_live_and_after_a_reload()
    {
        Answer(Script.Start().Text("Hello").Finish("stop").Usage(1000, 200).Done());
        Answer(Script.Start().Text("Good day").Finish("stop").Done());
        await using var user = await ArriveAsync();
        await user.Chat.SendAsync("Hi");
        await user.Chat.Answer.HasEndedAsync();
        await user.Chat.SendAsync("Hi again");
        await user.Chat.Answer.HasEndedAsync();

        await ShowsAsync();
        await user.Page.ReloadAsync();
        await ShowsAsync();

        async Task ShowsAsync()
        {
            var figures = user.Page.Locator("article[data-role=assistant] .figures");
            await Expect(figures.Nth(0).Locator(".tokens")).ToHaveTextAsync("200 tokens");
            await Expect(figures.Nth(0).Locator(".cost")).ToHaveTextAsync("0.0045 USD");
            await Expect(figures.Nth(1).Locator(".tokens")).ToHaveTextAsync("2 tokens (estimated)");
            await Expect(figures.Nth(1).Locator(".cost")).ToContainTextAsync(" USD");
        }
    }

    [Test]
    public async Task Without_answers_it_says_so()
    {
        await using var user = await ArriveAsync(path: "/usage");

        await Expect(user.Page.Locator("main")).ToContainTextAsync("No answer has ended in these days.");
        await Expect(user.Page.Locator("svg[role=img]")).ToHaveCountAsync(0);
        await Picture.TakeAsync(user.Page, "usage-none");
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        setup.Settings["AzureOpenAI:Price:Currency"] = "USD";
        setup.Settings["AzureOpenAI:Price:Input"] = "2.5";
        setup.Settings["AzureOpenAI:Price:Output"] = "10";
    });

    private static async Task SpeakChineseAsync(IPage page)
    {
        await page.EvaluateAsync("""
            () => fetch("/preferences", { method: "POST", body: new URLSearchParams({ language: "zh" }) }).then(() => {})
            """);
        await page.ReloadAsync();
    }

    /// <summary>The user of the newest message.</summary>
    private async Task<string> OwnerAsync()
    {
        await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default);
        await db.Database.OpenConnectionAsync(Timeout);
        return (string)(await db.Command("SELECT \"OwnerId\" FROM \"Messages\" ORDER BY \"CreatedAt\" DESC LIMIT 1")
            .ExecuteScalarAsync(Timeout))!;
    }

    /// <summary>Three weeks of answers by three models.</summary>
    private Task<bool> FillAsync(Owner owner)
    {
        var (random, now) = (new Random(7), App.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        var reasons = Enum.GetValues<FinishReason>();
        return App.Services.GetRequiredService<IChatDatabase>().WriteAsync(owner, async db =>
        {
            for (var i = 0; i < 150; i++)
            {
                var (model, input) = (new[] { "gpt-4o", "deep", Hostile }[i % 3], random.Next(100, 4_000));
                var end = i % 4 > 0 ? FinishReason.Completed : reasons[random.Next(reasons.Length)];
                var cost = model == "deep" ? null : new CostPayload(random.Next(1, 900) / 10_000m, "USD");
                await UsageTally.AddDeletedAsync(db, owner.Id, new CountedAnswer(
                    model, end, end == FinishReason.Failed ? FailureCode.RateLimited : null,
                    new UsagePayload(input, random.Next(10, 1_500), 5, input / 3, i % 9 == 0 ? true : null, cost),
                    TimeSpan.FromSeconds(0.3 + (3 * random.NextDouble()))), now.AddDays(-random.Next(21)));
            }
            return true;
        });
    }
}
