using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A user with a separate browser context and the chat page in its first tab.</summary>
internal sealed class BrowserUser : IAsyncDisposable
{
    private readonly ChromiumPage _browser;

    private BrowserUser(ChromiumPage browser) => (_browser, Chat) = (browser, new ChatPageObject(browser.Page));

    public ChatPageObject Chat { get; }

    public IPage Page => _browser.Page;

    public IBrowserContext Context => _browser.Context;

    public List<string> Errors => _browser.Errors;

    /// <param name="address">The address of the app or of a proxy before it.</param>
    /// <param name="path">The page to begin with; null: none yet.</param>
    /// <param name="viewport">The size of the screen; by default a desktop's.</param>
    /// <param name="dark">Whether dark colours are preferred.</param>
    /// <param name="javaScript">Whether scripts run.</param>
    /// <param name="locale">The language of the browser.</param>
    /// <param name="timeZone">Where its clock is; by default where the machine is.</param>
    public static async Task<BrowserUser> ArriveAsync(
        Uri address, string? path = "/", ViewportSize? viewport = null, bool dark = false, bool javaScript = true,
        string locale = "en-GB", string? timeZone = null)
    {
        var user = new BrowserUser(await Chromium.NewPageAsync(address, viewport, dark, javaScript, locale, timeZone));
        if (path is not null)
            await user.Page.GotoAsync(path);
        return user;
    }

    public async Task<ChatPageObject> NewTabAsync(string path) =>
        await ChatPageObject.OpenAsync(await _browser.NewTabAsync(), path);

    public ValueTask DisposeAsync() => _browser.DisposeAsync();
}
