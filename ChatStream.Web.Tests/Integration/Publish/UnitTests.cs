using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary><c>deploy/chatstream.service</c>, as systemd reads it.</summary>
[Platform("Linux", Reason = "systemd.")]
internal sealed partial class UnitTests
{
    private static readonly string Unit = Path.Combine(Repository.Root, "deploy", "chatstream.service");

    [Test]
    public void Systemd_finds_no_fault_in_it()
    {
        // The program must exist, and is not installed here.
        var folder = Directory.CreateTempSubdirectory("chatstream-unit-").FullName;
        var copy = Path.Combine(folder, "chatstream.service");
        File.WriteAllText(copy, File.ReadAllText(Unit).Replace(
            "ExecStart=/opt/chatstream/ChatStream.Web", "ExecStart=/bin/true", StringComparison.Ordinal));

        var (output, exitCode) = RealProcess.Run(new ProcessStartInfo(RealParts.SystemdAnalyze, ["verify", "--man=no", copy]));
        Directory.Delete(folder, recursive: true);

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Is.Empty);
    }

    /// <summary>From 0, which cannot do anything, to 10. What is left: it has the network, and memory that can be run.</summary>
    [Test]
    public void The_unit_is_hardened()
    {
        var (output, _) = RealProcess.Run(new ProcessStartInfo(
            RealParts.SystemdAnalyze, ["security", "--offline=true", "--no-pager", Unit]));

        var level = Level().Match(output);
        Assert.That(level.Success, output);
        Assert.That(double.Parse(level.Groups[1].Value, CultureInfo.InvariantCulture), Is.LessThanOrEqualTo(1.5), output);
    }

    [Test]
    public void A_stop_is_longer_than_its_parts() =>
        Assert.That(
            File.ReadAllText(Unit), Does.Contain("TimeoutStopSec=60"),
            "25 s for answers, 10 s for the database, 15 s for tokens of tool servers");

    [GeneratedRegex(@"Overall exposure level for \S+: (\d+\.\d)")]
    private static partial Regex Level();
}
