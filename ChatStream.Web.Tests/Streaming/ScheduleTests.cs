using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>
/// How threads may take turns over the log and its generation, explored by Coyote. ChatStream.Schedules says what must hold.
/// </summary>
internal sealed class ScheduleTests
{
    private const int Seed = 7;

    private static readonly string Program = Path.Combine(
        Repository.Root, "ChatStream.Schedules", Path.GetRelativePath(Repository.Tests, AppContext.BaseDirectory));

    private string _rewritten;

    [OneTimeSetUp]
    public void Rewrite()
    {
        _rewritten = Directory.CreateTempSubdirectory("chatstream-schedules-").FullName;
        var settings = Path.Combine(_rewritten, "rewrite.coyote.json");
        File.WriteAllText(settings, JsonSerializer.Serialize(new
        {
            AssembliesPath = Program,
            OutputPath = Path.Combine(_rewritten, "program"),
            Assemblies = new[] { "ChatStream.Schedules.dll" },
        }));
        var rewriter = File.ReadAllText(Path.Combine(Program, "coyote.path")).Trim();
        var (output, exitCode) = Run(rewriter, "rewrite", settings);
        Assert.That(exitCode, Is.Zero, output);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_rewritten, recursive: true);

    [TestCase("log")]
    [TestCase("generation")]
    [CancelAfter(900_000)]
    public void No_schedule_breaks_what_must_hold(string explored)
    {
        var schedules = Soak.IsOn ? 10_000 : 60;
        var watch = Stopwatch.StartNew();
        var (output, exitCode) = Run(
            Path.Combine(_rewritten, "program", "ChatStream.Schedules.dll"), explored,
            schedules.ToString(CultureInfo.InvariantCulture), Seed.ToString(CultureInfo.InvariantCulture));

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Contain($"Explored {schedules} execution path").And.Contain("Found 0 bugs."));
        Soak.Report(
            $"schedules-{explored}",
            new { schedules, bugs = exitCode, seed = Seed, seconds = Math.Round(watch.Elapsed.TotalSeconds, 1) });
    }

    private static (string Output, int ExitCode) Run(params string[] arguments) =>
        RealProcess.Run(new ProcessStartInfo("dotnet", arguments)
        {
            Environment =
            {
                ["DOTNET_ROLL_FORWARD"] = "Major", // the rewriter is built for .NET 8
                ["COYOTE_CLI_TELEMETRY_OPTOUT"] = "1",
            },
        });
}
