using System.Globalization;
using System.Text;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// How long the page stands still while it shows texts that were built to slow it down, each of 100 KB: streamed, and opened
/// again. <c>./test.sh --soak --filter FreezeTests</c> leaves <c>artifacts/freezes.json</c> and <c>artifacts/freezes.md</c>.
/// </summary>
[SoakOnly]
[NonParallelizable] // It measures times, so it needs the machine to itself.
internal sealed class FreezeTests : BrowserTest
{
    /// <summary>To measure some kinds only: parts of their names, with semicolons between.</summary>
    private const string Some = "CHATSTREAM_TESTS_FREEZES";

    private const int Length = 100_000;
    private const int Pieces = 100;

    /// <summary>A page that stands still for longer is given up.</summary>
    private const int Patience = 60_000;

    /// <summary>In milliseconds: for 95 % of the kinds, and for all of them.</summary>
    private const int LongestOfMost = 50;
    private const int LongestOfAll = 200;

    private const long MostMemory = 200_000_000;

    /// <summary>Browsers report tasks of 50 ms and more.</summary>
    private const string Watch =
        "window.tasks = []; new PerformanceObserver(list => tasks.push(...list.getEntries().map(task => task.duration)))"
        + ".observe({ type: 'longtask', buffered: true });";

    /// <summary>Waits until the text is shown: nothing has changed for a while. Returns the longest task.</summary>
    private const string Settled = """
        () => new Promise(done => {
            let last = performance.now();
            new MutationObserver(() => { last = performance.now(); })
                .observe(document.querySelector('#conversation'), { childList: true, subtree: true, characterData: true });
            const look = () => {
                if (performance.now() - last < 400) return setTimeout(look, 50);
                done(Math.round(Math.max(0, ...tasks.splice(0))));
            };
            look();
        })
        """;

    [Test, CancelAfter(7_200_000)]
    public async Task The_page_can_be_used_whatever_an_answer_is_made_of()
    {
        var kinds = await KindsAsync();
        var figures = new List<Figure>();
        BrowserUser? user = null;
        foreach (var (name, text) in kinds)
        {
            user ??= await ArriveWatchedAsync();
            var figure = await MeasureAsync(user, name, text);
            figures.Add(figure);
            await TestContext.Progress.WriteLineAsync(figure.ToString());
            if (figure is { Streamed: < Patience, Opened: < Patience })
                continue;
            await user.DisposeAsync();
            user = null;
        }
        if (user is not null)
            await user.DisposeAsync();

        Soak.Report("freezes", figures);
        await File.WriteAllTextAsync(Path.Combine(Repository.Artifacts, "freezes.md"), Table(figures));
        Assert.Multiple(() =>
        {
            Assert.That(figures.Where(figure => figure.Longest > LongestOfAll), Is.Empty);
            Assert.That(
                figures.Count(figure => figure.Longest > LongestOfMost), Is.LessThanOrEqualTo(figures.Count / 20),
                string.Join('\n', figures.Where(figure => figure.Longest > LongestOfMost)));
            Assert.That(figures.Where(figure => figure.Memory > MostMemory), Is.Empty);
        });
    }

    private async Task<Dictionary<string, string>> KindsAsync()
    {
        await using var user = await ArriveAsync(path: null);
        await user.Page.SetContentAsync("<!DOCTYPE html>");
        await user.Page.EvaluateAsync(MarkdownBundle.Read("markdown"));
        var kinds = await user.Page.EvaluateAsync<Dictionary<string, string>>(
            $"() => Object.fromEntries(Object.entries(markdown.pathological).map(([name, text]) => [name, text({Length})]))");
        Assert.That(kinds, Has.Count.GreaterThanOrEqualTo(150));
        var some = Environment.GetEnvironmentVariable(Some)?.Split(';');
        return some is null
            ? kinds
            : kinds.Where(kind => some.Any(part => kind.Key.Contains(part, StringComparison.Ordinal))).ToDictionary();
    }

    private async Task<BrowserUser> ArriveWatchedAsync()
    {
        var user = await ArriveAsync(path: null);
        await user.Page.AddInitScriptAsync(Watch);
        user.Page.SetDefaultTimeout(Patience);
        return user;
    }

    private async Task<Figure> MeasureAsync(BrowserUser user, string name, string text)
    {
        var (streamed, opened, memory) = (Patience, Patience, 0L);
        var script = Script.Start();
        foreach (var piece in text.Chunk(text.Length / Pieces))
            script = script.Text(new string(piece)).Delay(TimeSpan.FromMilliseconds(10));
        Answer(script.Finish("stop").Done());
        try
        {
            await user.Page.GotoAsync("/");
            await user.Chat.SendAsync("Go");
            await user.Chat.Answer.Article.And(user.Page.Locator("[data-state=ended]"))
                .WaitForAsync(new() { State = WaitForSelectorState.Attached });
            streamed = await user.Page.EvaluateAsync<int>(Settled);
            await user.Page.ReloadAsync();
            opened = await user.Page.EvaluateAsync<int>(Settled);
            var session = await user.Context.NewCDPSessionAsync(user.Page);
            await session.SendAsync("HeapProfiler.collectGarbage");
            var usage = await session.SendAsync("Runtime.getHeapUsage");
            memory = (long)usage!.Value.GetProperty("usedSize").GetDouble();
        }
        catch (Exception stands) when (stands is TimeoutException or PlaywrightException)
        {
            await TestContext.Progress.WriteLineAsync($"{name}: {stands.Message}");
        }
        return new Figure(name, streamed, opened, memory);
    }

    private static string Table(IEnumerable<Figure> figures)
    {
        var table = new StringBuilder("| text of 100 KB | streamed, ms | opened, ms |\n|---|--:|--:|\n");
        foreach (var (name, streamed, opened, _) in figures.OrderByDescending(figure => figure.Longest))
        {
            var shown = name.Replace("|", "\\|", StringComparison.Ordinal);
            table.AppendLine(CultureInfo.InvariantCulture, $"| {shown} | {streamed} | {opened} |");
        }
        return table.ToString();
    }

    /// <summary>The longest tasks, in milliseconds; 0: none took 50.</summary>
    private sealed record Figure(string Kind, int Streamed, int Opened, long Memory)
    {
        public int Longest => Math.Max(Streamed, Opened);
    }
}
