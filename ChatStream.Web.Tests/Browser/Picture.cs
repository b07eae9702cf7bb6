using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Pictures for people, in <c>artifacts/screenshots</c>.</summary>
internal static class Picture
{
    public static readonly ViewportSize Phone = new() { Width = 375, Height = 740 };

    private static string Folder => Directory.CreateDirectory(Path.Combine(Repository.Artifacts, "screenshots")).FullName;

    /// <summary>A picture of the visible part of a page.</summary>
    /// <returns>The length of the file.</returns>
    public static async Task<int> TakeAsync(IPage page, string name) =>
        (await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png") })).Length;

    /// <summary>
    /// All of a page, on a screen that is high enough for it: a picture of a scrolled one would show in its middle what sticks to
    /// an edge.
    /// </summary>
    public static async Task TakeWholeAsync(IPage page, string name)
    {
        var size = page.ViewportSize!;
        await page.SetViewportSizeAsync(size.Width, await page.EvaluateAsync<int>("() => document.documentElement.scrollHeight"));
        await TakeAsync(page, name);
        await page.SetViewportSizeAsync(size.Width, size.Height);
    }

    /// <summary>
    /// The same state on a desktop in the light and on a phone in the dark; nothing of it has to be scrolled sideways.
    /// </summary>
    public static async Task TakeBothAsync(ChatPageObject chat, string name)
    {
        var page = chat.Page;
        var size = page.ViewportSize!;
        await TakeFittingAsync("desktop-light");
        await page.SetViewportSizeAsync(Phone.Width, Phone.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await TakeFittingAsync("phone-dark");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(size.Width, size.Height);

        async Task TakeFittingAsync(string screen)
        {
            Assert.That(await chat.SidewaysAsync(), Is.LessThanOrEqualTo(0), $"{name} on {screen}: nothing to scroll sideways");
            await TakeAsync(page, $"{name}-{screen}");
        }
    }
}
