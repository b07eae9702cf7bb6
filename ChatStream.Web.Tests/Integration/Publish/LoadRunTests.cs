using System.Diagnostics;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary>A short load run of ChatStream.Benchmarks completes and loses no token. Its speed is not asserted.</summary>
[CancelAfter(300_000)]
internal sealed class LoadRunTests
{
    private static readonly string Benchmarks = Path.Combine(
        Repository.Root, "ChatStream.Benchmarks", Path.GetRelativePath(Repository.Tests, AppContext.BaseDirectory),
        "ChatStream.Benchmarks.dll");

    [Test]
    [Platform("Linux", Reason = "The load uses epoll, /proc and taskset.")]
    public async Task The_load_run_measures_the_app_beside_a_peer_and_loses_no_token()
    {
        var output = Directory.CreateTempSubdirectory("chatstream-load-").FullName;
        var (exitCode, said) = await RunAsync(
            "load", "--quick", "--only", "paced,unpaced,aborts", "--targets", "ChatStream,YARP", "--app", AppProcess.Built,
            "--out", output);
        Assert.That(exitCode, Is.Zero, said);

        using var figures = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "load.json")));
        foreach (var part in new[] { "paced", "unpaced" })
        {
            foreach (var target in new[] { "ChatStream", "YARP" })
                Assert.That(
                    figures.RootElement.GetProperty(part).GetProperty(target)[0].GetProperty("tokens").GetInt64(), Is.Positive,
                    $"{part}, {target}");
        }
        Assert.That(
            figures.RootElement.GetProperty("closes").GetProperty("ChatStream").GetProperty("missed").GetInt32(), Is.Zero);
        Assert.That(figures.RootElement.GetProperty("stops").GetProperty("ChatStream").GetProperty("missed").GetInt32(), Is.Zero);
        Assert.That(
            said,
            Does.Contain("| Stop → upstream abort, p99 | ≤ 50 ms, none missed |")
            .And.Contain("No token was lost, doubled or out of order"));
        Directory.Delete(output, recursive: true);
    }

    [TestCase("--pairs", "--pairs needs a value.")]
    [TestCase("--pairs none", "--pairs is a number from 1 to 1000.")]
    [TestCase("--only paced,everything", "There is no 'everything'.")]
    [TestCase("--targets ChatStream:NAME", "There is no 'ChatStream:NAME'.")]
    [TestCase("--fast", "There is no option --fast.")]
    public async Task A_wrong_option_is_named(string options, string fault)
    {
        var (exitCode, said) = await RunAsync(["load", .. options.Split(' ')]);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(said, Does.StartWith(fault).And.Contain("usage:"));
    }

    private static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        await using var process = RealProcess.Start(new ProcessStartInfo("dotnet", [Benchmarks, .. arguments]));
        var exitCode = await process.Exited.WaitAsync(TestContext.CurrentContext.CancellationToken);
        return (exitCode, process.Output);
    }
}
