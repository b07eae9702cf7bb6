using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// A page in the system's Firefox. Debian's build does not understand Playwright, so it is driven by WebDriver BiDi, which every
/// Firefox speaks. Keys, wheel and clicks are those of a user: the browser takes them as real input.
/// </summary>
internal sealed class FirefoxPage : IAsyncDisposable
{
    private const int Width = 1200;
    private const int Height = 800;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RealProcess _process;
    private readonly string _profile;
    private readonly BidiConnection _bidi;
    private readonly string _context;

    private FirefoxPage(RealProcess process, string profile, BidiConnection bidi, string context) =>
        (_process, _profile, _bidi, _context) = (process, profile, bidi, context);

    public static async Task<FirefoxPage> StartAsync(CancellationToken cancellationToken)
    {
        const string Announcement = "WebDriver BiDi listening on ";
        var profile = Directory.CreateTempSubdirectory("chatstream-firefox-").FullName;
        var start = new System.Diagnostics.ProcessStartInfo(
            RealParts.Firefox, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank"]);
        start.Environment["HOME"] = profile;
        var process = RealProcess.Start(start);
        var line = await process.LineAsync(line => line.StartsWith(Announcement, StringComparison.Ordinal))
            .WaitAsync(Patience, cancellationToken);
        var bidi = await BidiConnection.OpenAsync(new Uri($"{line[Announcement.Length..]}/session"), cancellationToken);
        await bidi.SendAsync("session.new", new { capabilities = new { } });
        var tree = await bidi.SendAsync("browsingContext.getTree", new { });
        var context = tree["contexts"]![0]!["context"]!.GetValue<string>();
        await bidi.SendAsync("browsingContext.setViewport", new { context, viewport = new { width = Width, height = Height } });
        return new FirefoxPage(process, profile, bidi, context);
    }

    public Task GotoAsync(string url) =>
        _bidi.SendAsync("browsingContext.navigate", new { context = _context, url, wait = "complete" });

    public Task ReloadAsync() => _bidi.SendAsync("browsingContext.reload", new { context = _context, wait = "complete" });

    /// <summary>The value of an expression as text; of a promise, what it resolves to.</summary>
    public async Task<string> ReadAsync(string expression)
    {
        var answer = await _bidi.SendAsync("script.evaluate", new
        {
            expression = $"(async () => String(await ({expression})))()",
            target = new { context = _context },
            awaitPromise = true,
        });
        return answer["result"]?["value"]?.GetValue<string>()
            ?? throw new InvalidOperationException($"{expression}: {answer.ToJsonString()}");
    }

    /// <summary>Waits until an expression has a value.</summary>
    public async Task UntilAsync(string expression, string value)
    {
        // The page looks at each of its frames, so that nothing is asked for again and again.
        var seen = await ReadAsync($$"""
            new Promise(done => {
                const end = performance.now() + {{Patience.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}};
                const look = () => {
                    const seen = String({{expression}});
                    if (seen === {{JsonSerializer.Serialize(value)}} || performance.now() > end) done(seen);
                    else requestAnimationFrame(look);
                };
                look();
            })
            """);
        if (seen != value)
            throw new InvalidOperationException($"{expression} is {seen}, not {value}");
    }

    public Task TypeAsync(string text) => PerformAsync(new
    {
        type = "key",
        id = "keyboard",
        actions = text.SelectMany(key =>
            new[] { new { type = "keyDown", value = $"{key}" }, new { type = "keyUp", value = $"{key}" } }),
    });

    /// <summary>Presses a key while Control is held.</summary>
    public Task PressWithControlAsync(char key)
    {
        const string Control = "\uE009";
        return PerformAsync(new
        {
            type = "key",
            id = "keyboard",
            actions = new[]
            {
                new { type = "keyDown", value = Control }, new { type = "keyDown", value = $"{key}" },
                new { type = "keyUp", value = $"{key}" }, new { type = "keyUp", value = Control },
            },
        });
    }

    /// <summary>Turns the wheel over the middle of the page; upwards if negative.</summary>
    public Task WheelAsync(int by) => PerformAsync(new
    {
        type = "wheel",
        id = "wheel",
        actions = new[] { new { type = "scroll", x = Width / 2, y = Height / 2, deltaX = 0, deltaY = by } },
    });

    public async Task ClickAsync(string selector)
    {
        var place = JsonNode.Parse(await ReadAsync($$"""
            (() => {
                const found = document.querySelector({{JsonSerializer.Serialize(selector)}});
                const box = found.getBoundingClientRect();
                return JSON.stringify([Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]);
            })()
            """))!;
        var (x, y) = (place[0]!.GetValue<int>(), place[1]!.GetValue<int>());
        await PerformAsync(new
        {
            type = "pointer",
            id = "mouse",
            actions = new object[]
            {
                new { type = "pointerMove", x, y }, new { type = "pointerDown", button = 0 },
                new { type = "pointerUp", button = 0 },
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _bidi.DisposeAsync();
        await _process.DisposeAsync();
        Directory.Delete(_profile, recursive: true);
    }

    private async Task PerformAsync(object source) =>
        await _bidi.SendAsync("input.performActions", new { context = _context, actions = new[] { source } });
}
