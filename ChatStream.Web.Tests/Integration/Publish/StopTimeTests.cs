using System.Globalization;
using System.Text.RegularExpressions;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Hosting;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tools.Permissions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary>All files and documents give a stop the same time, and it is more than the longest stop takes.</summary>
internal sealed class StopTimeTests
{
    private const int Given = 60;

    private static readonly double Longest =
        (new GenerationOptions().DrainFor + WebSetup.AfterDrain + PermissionBook.DisposeFor).TotalSeconds;

    [TestCase("compose.yaml", @"stop_grace_period: (\d+)s")]
    [TestCase("deploy/kubernetes.yaml", @"terminationGracePeriodSeconds: (\d+)")]
    [TestCase("deploy/azure/main.bicep", @"terminationGracePeriodSeconds: (\d+)")]
    [TestCase("deploy/chatstream.service", @"TimeoutStopSec=(\d+)")]
    [TestCase("ChatStream.Web/web.config", "shutdownTimeLimit=\"(\\d+)\"")]
    [TestCase("Dockerfile", @"Allow (\d+) ")]
    [TestCase("docs/operations.md", @"give it (\d+) s")]
    public void A_file_gives_it(string path, string pattern)
    {
        var found = Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, path)), pattern, RegexOptions.None, Patience)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();

        Assert.That(found, Is.Not.Empty.And.All.EqualTo(Given));
        Assert.That(Longest, Is.LessThan(Given));
    }

    [Test]
    public void The_longest_stop_is_the_one_that_is_documented() =>
        Assert.That(
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md")),
            Does.Contain($"the longest stop takes {Longest} s"));

    private static TimeSpan Patience => TimeSpan.FromSeconds(5);
}
