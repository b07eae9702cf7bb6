using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Proxy;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// <c>/diagnose</c> on each kind of screen, in both languages, used with the keyboard. Pictures stay in
/// <c>artifacts/screenshots</c>.
/// </summary>
internal sealed class DiagnoseLookTests : BrowserTest
{
    private static readonly ViewportSize SmallPhone = new() { Width = 320, Height = 568 };

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
        await using var nginx = await NginxServer.StartPlainAsync(
            App.Address, "proxy_set_header Host $http_host; gzip on; gzip_min_length 0; gzip_types text/event-stream;");
        await using var user = await ArriveAsync(nginx.Address, "/diagnose", size, dark, locale: locale);
        var isChinese = locale == "zh-CN";
        var button = user.Page.GetByRole(AriaRole.Button, new() { Name = isChinese ? "开始测量" : "Measure", Exact = true });
        await Expect(button).ToBeVisibleAsync();
        await Picture.TakeAsync(user.Page, $"diagnose-before-{screen}");
        for (var i = 0; i < 5 && !await button.EvaluateAsync<bool>("(it) => it === document.activeElement"); i++)
            await user.Page.Keyboard.PressAsync("Tab");

        await user.Page.Keyboard.PressAsync("Enter");

        await Expect(user.Page.Locator(".diagnosis[data-done]")).ToBeAttachedAsync(new() { Timeout = 60_000 });
        await Expect(user.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync(isChinese ? "需要更改：2 项" : "To change: 2");
        await Expect(user.Page.Locator("[data-check=compression] .state")).ToHaveTextAsync(isChinese ? "需更改" : "Change");
        Assert.That(await user.Chat.SidewaysAsync(), Is.LessThanOrEqualTo(0), "nothing to scroll sideways");
        await Picture.TakeWholeAsync(user.Page, $"diagnose-{screen}");
        var found = await user.Page.RunAxe(
            new AxeRunOptions { Rules = new() { ["target-size"] = new RuleOptions { Enabled = true } } });
        Assert.That(found.Passes, Is.Not.Empty);
        Assert.That(
            found.Violations.Select(violation =>
                $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Select(node => node.Html))}"), Is.Empty);
        Assert.That(await CodeSniffer.ErrorsAsync(user.Page), Is.Empty);
        await Expect(user.Page.GetByRole(AriaRole.Button, new() { Name = isChinese ? "重新测量" : "Measure again" }))
            .ToBeEnabledAsync();
    }

    [Test]
    public async Task Without_a_script_it_says_that_it_needs_one()
    {
        await using var user = await ArriveAsync(path: "/diagnose", javaScript: false);

        await Expect(user.Page.Locator("noscript p")).ToHaveTextAsync("The page needs JavaScript for this.");
        await Expect(user.Page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["Streaming:KeepAlive"] = "00:00:01");
}
