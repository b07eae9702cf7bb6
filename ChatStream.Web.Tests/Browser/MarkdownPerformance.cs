using System.Globalization;
using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// What the renderer's script takes while answers stream, five characters per frame, the frames driven one after the other:
/// <c>./test.sh --soak --filter MarkdownPerformance</c>. Figures only: nothing about time is asserted.
/// </summary>
[SoakOnly]
[NonParallelizable]
internal sealed class MarkdownPerformance
{
    private const int Times = 5;

    private static readonly string[] Documents = ["mixed", "code", "list", "table"];

    [Test]
    public async Task Measure()
    {
        await using var browser = await Chromium.NewPageAsync(new Uri("http://localhost"));
        // With the page's style: what is a block, and so how far a change reaches, is decided there.
        await browser.Page.AddStyleTagAsync(new() { Path = Path.Combine(Repository.Root, "ChatStream.Web", "wwwroot", "dist", "site.css") });
        await browser.Page.EvaluateAsync(MarkdownBundle.Read("markdown-perf"));
        var figures = new Dictionary<string, Figure>();
        foreach (var document in Documents)
        {
            foreach (var size in new[] { 20, 80, 160 })
                figures[$"{document} {size} KB"] = await MedianAsync(document, size, "streaming");
            figures[$"{document} 20 KB, all parsed per piece"] = await MedianAsync(document, 20, "naive");
        }
        var growth = Documents.ToDictionary(document => document, document =>
            Math.Round(figures[$"{document} 160 KB"].Script / figures[$"{document} 20 KB"].Script, 1));

        Soak.Report("markdown-performance", new { unit = $"milliseconds, median of {Times}", figures, growthFrom20To160Kilobytes = growth });
        TestContext.Progress.WriteLine(Table(figures));

        async Task<Figure> MedianAsync(string document, int size, string way)
        {
            var runs = new List<Figure>();
            for (var i = 0; i < Times; i++)
                runs.Add(await browser.Page.EvaluateAsync<Figure>($"() => perf('{document}', {size}, '{way}')"));
            return runs.OrderBy(run => run.Script).ElementAt(Times / 2);
        }
    }

    private static string Table(Dictionary<string, Figure> figures)
    {
        var table = new StringBuilder("| answer | script, ms | longest frame, ms | frames over 50 ms |\n|---|--:|--:|--:|\n");
        foreach (var (name, figure) in figures)
            table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {figure.Script:F0} | {figure.Longest:F1} | {figure.LongTasks} |");
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
