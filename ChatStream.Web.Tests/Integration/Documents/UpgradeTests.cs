using System.Diagnostics;
using System.Globalization;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Documents;

/// <summary>The lines of <c>docs/operations.md</c> for an upgrade, as they stand there, with a stand-in for systemd.</summary>
[CancelAfter(120_000)]
[Platform("Linux", Reason = "The stand-in looks into /proc.")]
internal sealed class UpgradeTests
{
    // A stop waits for the end, a start does not wait for the service to be ready. A process that has ended may stay as a zombie,
    // which has no command line.
    private const string Systemctl = """
        #!/bin/sh
        test "$2" = chatstream || exit 1
        case "$1" in
        stop)
            pid=$(cat "$SERVICE/pid")
            kill -TERM "$pid"
            while tr -d '\0' 2> /dev/null < "/proc/$pid/cmdline" | grep -q .; do sleep 0.1; done
            ;;
        start)
            cd "$SERVICE"
            nohup dotnet "$PROGRAM/ChatStream.Web.dll" >> "$SERVICE/log" 2>&1 < /dev/null &
            echo $! > "$SERVICE/pid"
            ;;
        esac
        """;

    private string _root = null!;

    private string Program => Path.Combine(_root, "opt", "chatstream");

    private string Address { get; } = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Find()}");

    [SetUp]
    public void Install()
    {
        _root = Directory.CreateTempSubdirectory("chatstream-upgrade-").FullName;
        Directory.CreateDirectory(Path.Combine(_root, "bin"));
        Directory.CreateDirectory(Path.Combine(_root, "data"));
        var systemctl = Path.Combine(_root, "bin", "systemctl");
        File.WriteAllText(systemctl, Systemctl);
        RealProcess.Run("chmod", "700", systemctl);
        Directory.CreateDirectory(Path.Combine(_root, "opt"));
        Deliver("1");
        Directory.Move(Path.Combine(_root, "new"), Program);
        Run("systemctl start chatstream");
    }

    [TearDown]
    public void Remove()
    {
        Run("systemctl stop chatstream");
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Twice: the second time there is an old version already.</summary>
    [Test]
    public async Task The_lines_replace_the_program_and_keep_the_data(CancellationToken timeout)
    {
        var lines = OperationsLines.Below("Upgrade").Single();
        Run(lines.Split('\n')[^1]); // until it is ready
        using var user = new ChatClient(new Uri($"http://{Address}"));
        var before = await user.AskAsync("Before the upgrade");

        foreach (var version in new[] { "2", "3" })
        {
            Deliver(version);
            Assert.That(Run(lines), Does.Contain("Healthy"));

            Assert.That(VersionIn(Program), Is.EqualTo(version));
            Assert.That(VersionIn($"{Program}.old"), Is.EqualTo(version == "2" ? "1" : "2"));
            var tree = await user.Http.GetStringAsync(
                new Uri($"/conversations/{before.GetProperty("conversationId").GetString()}", UriKind.Relative), timeout);
            Assert.That(tree, Does.Contain("Before the upgrade"));
        }
    }

    /// <summary>Puts a version beside the one that runs.</summary>
    private void Deliver(string version)
    {
        Run($"cp -r '{AppProcess.Built}' new");
        File.WriteAllText(Path.Combine(_root, "new", "version"), version);
    }

    private static string VersionIn(string folder) => File.ReadAllText(Path.Combine(folder, "version"));

    private string Run(string lines)
    {
        var here = lines.Replace("/opt/chatstream", Program, StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", Address, StringComparison.Ordinal);
        var start = new ProcessStartInfo(RealParts.Bash, ["-euc", here]) { WorkingDirectory = _root };
        start.Environment["PATH"] = $"{Path.Combine(_root, "bin")}:{start.Environment["PATH"]}";
        start.Environment["SERVICE"] = _root;
        start.Environment["PROGRAM"] = Program;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ASPNETCORE_URLS"] = $"http://{Address}";
        start.Environment["Data__Path"] = Path.Combine(_root, "data");
        var (output, exitCode) = RealProcess.Run(start);
        Assert.That(exitCode, Is.Zero, $"{here}\n{output}");
        return output.Trim();
    }
}
