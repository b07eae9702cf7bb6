using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary>What can be run of <c>Dockerfile</c> and <c>compose.yaml</c> without Docker. CI builds and runs the image.</summary>
internal sealed partial class ContainerTests : AppTest
{
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));

    [Test]
    public void The_health_check_finds_a_ready_app_healthy()
    {
        var (output, exitCode) = CheckHealth(App.Address.Port);

        Assert.That(exitCode, Is.Zero, output);
    }

    [Test]
    public async Task The_health_check_finds_an_app_that_is_not_ready_unhealthy()
    {
        await using var other = await ChatApp.StartAsync(Emulator);
        Directory.Delete(Path.Combine(other.DataFolder, "keys"), recursive: true);
        await File.WriteAllTextAsync(Path.Combine(other.DataFolder, "keys"), "a file in the place of the folder", Token);

        Assert.That(CheckHealth(other.Address.Port).ExitCode, Is.Not.Zero);
    }

    [Test]
    public void The_health_check_finds_no_app_unhealthy() => Assert.That(CheckHealth(FreePort.Find()).ExitCode, Is.Not.Zero);

    [Test]
    public void Each_file_that_is_copied_exists()
    {
        var files = Copy().Matches(Dockerfile.Replace("\\\n", " ", StringComparison.Ordinal))
            .SelectMany(copy => copy.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1]).ToList();

        Assert.That(files, Has.Count.GreaterThan(8));
        Assert.That(files.Where(file => !Path.Exists(Path.Combine(Repository.Root, file))), Is.Empty);
    }

    [Test]
    public void It_does_not_run_as_root() =>
        Assert.That(Account().Matches(Dockerfile).Select(user => user.Groups[1].Value), Is.EqualTo(new[] { "$APP_UID" }));

    [Test]
    public void Compose_gives_the_app_no_rights_and_waits_for_its_health()
    {
        var services = YamlFile.ReadAll("compose.yaml")[0]["services"];
        var app = services["chatstream"];

        Assert.That(app["read_only"].Text, Is.EqualTo("true"));
        Assert.That(app["tmpfs"][0].Text, Is.EqualTo("/tmp"));
        Assert.That(app["cap_drop"][0].Text, Is.EqualTo("ALL"));
        Assert.That(app["security_opt"][0].Text, Is.EqualTo("no-new-privileges:true"));
        Assert.That(services["nginx"]["depends_on"]["chatstream"]["condition"].Text, Is.EqualTo("service_healthy"));
        Assert.That(app.Has("ports"), Is.False, "only nginx has a port of the host");
    }

    /// <summary>The command of <c>HEALTHCHECK</c>, for another port than that of the image.</summary>
    private static (string Output, int ExitCode) CheckHealth(int port)
    {
        var command = HealthCheck().Match(Dockerfile.Replace("\\\n", " ", StringComparison.Ordinal)).Groups[1].Value;
        var words = JsonSerializer.Deserialize<string[]>(command)!;
        Assert.That(words[0], Is.EqualTo("bash"));
        return RealProcess.Run(new ProcessStartInfo(
            RealParts.Bash, words[1..].Select(word => word.Replace("/8080", $"/{port}", StringComparison.Ordinal))));
    }

    [GeneratedRegex(@"^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"^USER (.+)$", RegexOptions.Multiline)]
    private static partial Regex Account();

    [GeneratedRegex(@"^HEALTHCHECK .*CMD (\[.+\])$", RegexOptions.Multiline)]
    private static partial Regex HealthCheck();
}
