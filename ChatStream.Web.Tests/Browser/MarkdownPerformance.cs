using System.Globalization;
using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// Measures the renderer's script while answers stream, with five characters per frame and one frame after the other:
/// <c>./test.sh --soak --filter MarkdownPerformance</c>. Figures only: nothing about time is asserted.
/// </summary>
[SoakOnly]
[NonParallelizable] // It measures times, so it needs the machine to itself.
internal sealed class MarkdownPerformance
{
    private const int Times = 5;

    private static readonly string[] Documents = ["mixed", "code", "list", "table"];
    private static readonly (string Name, int Kilobytes, string Way)[] Sizes =
        [
            ("20 KB", 20, "streaming"), ("80 KB", 80, "streaming"), ("160 KB", 160, "streaming"),
            ("20 KB, all parsed per piece", 20, "naive")];

    [Test]
    public async Task Measure()
    {
        await using var browser = await Chromium.NewPageAsync(new Uri("http://localhost"));
        // The page's style is needed: it decides what is a block and so how far a change reaches.
        await browser.Page.AddStyleTagAsync(
            new() { Path = Path.Combine(Repository.Root, "ChatStream.Web", "wwwroot", "dist", "site.css") });
        await browser.Page.EvaluateAsync(MarkdownBundle.Read("markdown-perf"));
        var session = await browser.Context.NewCDPSessionAsync(browser.Page);
        var runs = new Dictionary<string, List<Figure>>();
        // Sizes alternate, so that other load on the machine affects all of them alike.
        for (var i = 0; i < Times; i++)
        {
            foreach (var document in Documents)
            {
                foreach (var (name, kilobytes, way) in Sizes)
                {
                    if (!runs.TryGetValue($"{document} {name}", out var own))
                        runs.Add($"{document} {name}", own = []);
                    own.Add(await RunAsync(document, kilobytes, way));
                }
            }
        }
        var figures = runs.ToDictionary(run => run.Key, run => run.Value.OrderBy(figure => figure.Script).ElementAt(Times / 2));
        var growth = Documents.ToDictionary(document => document, document =>
            runs[$"{document} 160 KB"]
                .Zip(runs[$"{document} 20 KB"], (large, small) => Math.Round(large.Script / small.Script, 1)).Order().ToArray());

        Soak.Report(
            "markdown-performance",
            new { unit = $"milliseconds, median of {Times}", figures, growthFrom20To160KilobytesInEachRound = growth });
        TestContext.Progress.WriteLine(Table(figures));

        // The garbage of the runs before is gone, and what has been forgotten with it is compiled again before the clock starts.
        async Task<Figure> RunAsync(string document, int kilobytes, string way)
        {
            await session.SendAsync("HeapProfiler.collectGarbage");
            await browser.Page.EvaluateAsync($"() => perf('{document}', 80, 'streaming')");
            return await browser.Page.EvaluateAsync<Figure>($"() => perf('{document}', {kilobytes}, '{way}')");
        }
    }

    private static string Table(Dictionary<string, Figure> figures)
    {
        var table = new StringBuilder("| answer | script, ms | longest frame, ms | frames over 50 ms |\n|---|--:|--:|--:|\n");
        foreach (var (name, figure) in figures)
            table.AppendLine(
                CultureInfo.InvariantCulture, $"| {name} | {figure.Script:F0} | {figure.Longest:F1} | {figure.LongTasks} |");
        return table.ToString();
    }

    private sealed class Figure
    {
        public double Script { get; set; }

        public double Longest { get; set; }

        public int LongTasks { get; set; }

        /// <summary>The longest of those that were sampled.</summary>
        public double Layout { get; set; }
    }
}
