using Microsoft.Playwright;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// The system's Chromium, started once, when a test first asks for a page. <c>await using var page = await
/// Chromium.NewPageAsync(app.Address);</c> is all that a test needs; a screenshot of each page of a test that fails is kept in
/// <c>artifacts/browser</c>, with <c>CHATSTREAM_TESTS_TRACE=1</c> also a trace.
/// </summary>
internal static class Chromium
{
    /// <summary>A host name that the browser does not treat as loopback, so plain HTTP is not a secure context.</summary>
    public const string LanHost = "chat.lan";

    public static readonly ViewportSize Desktop = new() { Width = 1280, Height = 800 };
    public static readonly ViewportSize Phone = new() { Width = 360, Height = 740 };

    // A trace holds a copy of the page for each step, which costs the browser and its driver much of their time.
    private static readonly bool IsTraced = Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_TRACE") is { Length: > 0 };

    private static readonly SemaphoreSlim Starting = new(1);
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    /// <summary>An empty page in a new browser context, which makes it a new user.</summary>
    /// <param name="baseUrl">What <c>GotoAsync("/")</c> is relative to.</param>
    /// <param name="viewport">Its size; by default a desktop's.</param>
    /// <param name="dark">Whether the user prefers dark colours.</param>
    /// <param name="javaScript">Whether scripts run.</param>
    /// <param name="locale">The language of the browser.</param>
    /// <param name="timeZone">Where its clock is; by default where the machine is.</param>
    public static async Task<ChromiumPage> NewPageAsync(
        Uri baseUrl, ViewportSize? viewport = null, bool dark = false, bool javaScript = true,
        string locale = "en-GB", string? timeZone = null)
    {
        var context = await (await BrowserAsync()).NewContextAsync(new()
        {
            BaseURL = baseUrl.ToString(),
            ViewportSize = viewport ?? Desktop,
            HasTouch = viewport?.Width < Desktop.Width,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = javaScript,
            Locale = locale,
            TimezoneId = timeZone,
        });
        context.SetDefaultTimeout(30_000);
        if (IsTraced)
            await context.Tracing.StartAsync(new() { Snapshots = true });
        return await ChromiumPage.OpenAsync(context, IsTraced);
    }

    /// <summary>The same address under a host name that is not loopback.</summary>
    public static Uri OnLan(Uri address) => new UriBuilder(address) { Host = LanHost }.Uri;

    public static async Task StopAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
        (_browser, _playwright) = (null, null);
    }

    private static async Task<IBrowser> BrowserAsync()
    {
        await Starting.WaitAsync();
        try
        {
            if (_browser is not null)
                return _browser;
            var executable = RealParts.Chromium;
            _playwright = await Playwright.CreateAsync();
            return _browser = await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = executable,
                Args =
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
                    $"--host-resolver-rules=MAP {LanHost} 127.0.0.1",
                ],
            });
        }
        finally
        {
            Starting.Release();
        }
    }
}

/// <summary>A page with its browser context and its script errors.</summary>
internal sealed class ChromiumPage : IAsyncDisposable
{
    private readonly List<IPage> _tabs = [];
    private readonly string _folder = FailedPages.NewFolder();
    private readonly bool _isTraced;

    private ChromiumPage(IBrowserContext context, bool isTraced) => (Context, _isTraced) = (context, isTraced);

    public IBrowserContext Context { get; }

    /// <summary>The first tab.</summary>
    public IPage Page => _tabs[0];

    /// <summary>Errors that scripts threw or wrote to the console, in all tabs.</summary>
    public List<string> Errors { get; } = [];

    public static async Task<ChromiumPage> OpenAsync(IBrowserContext context, bool isTraced)
    {
        var page = new ChromiumPage(context, isTraced);
        await page.NewTabAsync();
        return page;
    }

    /// <summary>Another tab of the same user.</summary>
    public async Task<IPage> NewTabAsync()
    {
        var tab = await Context.NewPageAsync();
        tab.PageError += (_, error) => Errors.Add(error);
        tab.Console += (_, message) =>
        {
            if (message.Type == "error")
                Errors.Add(message.Text);
        };
        _tabs.Add(tab);
        return tab;
    }

    /// <summary>A picture for people, kept whether or not the test passes: <c>artifacts/browser/{name}.png</c>.</summary>
    public Task TakePictureAsync(string name) =>
        Page.ScreenshotAsync(new() { Path = Path.Combine(FailedPages.Kept, $"{name}.png"), FullPage = true });

    public async ValueTask DisposeAsync()
    {
        if (FailedPages.MayFail)
            await TakePicturesAsync();
        if (_isTraced)
            await Context.Tracing.StopAsync(new() { Path = Path.Combine(_folder, "trace.zip") });
        await Context.CloseAsync();
    }

    private async Task TakePicturesAsync()
    {
        try
        {
            for (var i = 0; i < _tabs.Count; i++)
            {
                if (!_tabs[i].IsClosed)
                    await _tabs[i].ScreenshotAsync(new() { Path = Path.Combine(_folder, $"tab-{i}.png") });
            }
        }
        catch (PlaywrightException)
        {
            // The failure of the test is what is to be told.
        }
    }
}
