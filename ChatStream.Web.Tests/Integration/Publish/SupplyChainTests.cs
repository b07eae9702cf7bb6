using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary>What the app is made of: known vulnerabilities, and what a release says of its parts.</summary>
[CancelAfter(180_000)]
internal sealed partial class SupplyChainTests
{
    private const string Package = "yamldotnet";

    private static readonly string Workflows = Path.Combine(Repository.Root, ".github", "workflows");

    private readonly string _folder = Directory.CreateTempSubdirectory("chatstream-supply-").FullName;
    private string _source = "";

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_known_vulnerability_fails_the_build([Values] bool isContinuousIntegration)
    {
        await using var source = await StartSourceAsync();

        var (restore, restored) = Restore(_source, isContinuousIntegration);
        var (audit, audited) = AuditNpm(_source, isContinuousIntegration);

        Assert.That(restored, Is.Not.Zero, restore);
        Assert.That(restore, Does.Contain("error NU1902").And.Contain("https://example.org/advisory"));
        Assert.That(audited, Is.Not.Zero, audit);
        Assert.That(audit, Does.Contain("https://example.org/advisory"));
    }

    /// <summary>Offline one can build. In CI a check that did not run is no check that passed.</summary>
    [Test]
    public void An_audit_that_cannot_ask_says_so([Values] bool isContinuousIntegration)
    {
        var nowhere = $"http://127.0.0.1:{FreePort.Find()}";

        var (restore, restored) = Restore(nowhere, isContinuousIntegration);
        var (audit, audited) = AuditNpm(nowhere, isContinuousIntegration);

        Assert.That(restored == 0, Is.EqualTo(!isContinuousIntegration), restore);
        Assert.That(restore, Does.Contain("NU1900"));
        Assert.That(audited == 0, Is.EqualTo(!isContinuousIntegration), audit);
        Assert.That(audit, Does.Contain("nothing was checked"));
    }

    [Test]
    public void Actions_are_pinned_by_commit()
    {
        var used = Directory.EnumerateFiles(Workflows).SelectMany(File.ReadLines)
            .Where(line => line.Contains("uses:", StringComparison.Ordinal)).ToList();

        Assert.That(used, Has.Count.GreaterThan(8));
        Assert.That(used, Has.All.Match(@"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$"));
    }

    /// <summary>A locked restore, as in CI, and <c>npm ci</c> take no other content.</summary>
    [Test]
    public void Each_package_is_locked_by_its_hash()
    {
        var projects = Directory.GetFiles(Repository.Root, "*.csproj", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 1,
        });
        Assert.That(projects, Has.Length.GreaterThan(4));
        using var scope = Assert.EnterMultipleScope();
        foreach (var project in projects)
        {
            var folder = Path.GetDirectoryName(project)!;
            var nuget = Read(Path.Combine(folder, "packages.lock.json")).GetProperty("dependencies").EnumerateObject()
                .SelectMany(target => target.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() != "Project").ToList();
            Assert.That(nuget, Is.Not.Empty, project);
            Assert.That(nuget, Has.All.Matches<JsonProperty>(package => package.Value.TryGetProperty("contentHash", out _)));
            if (!File.Exists(Path.Combine(folder, "package.json")))
                continue;
            var npm = Read(Path.Combine(folder, "package-lock.json")).GetProperty("packages").EnumerateObject()
                .Where(package => package.Name.Length > 0).ToList();
            Assert.That(npm, Is.Not.Empty, project);
            Assert.That(npm, Has.All.Matches<JsonProperty>(package => package.Value.TryGetProperty("integrity", out _)));
        }
        Assert.That(
            File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")),
            Does.Contain("""<RestoreLockedMode Condition="'$(CI)' == 'true'">true</RestoreLockedMode>"""));
    }

    [Test]
    public void A_release_has_provenance_and_a_list_of_its_parts()
    {
        var jobs = YamlFile.ReadAll(".github", "workflows", "release.yml")[0]["jobs"];
        var release = jobs["release"];
        var steps = release["steps"].Items;
        var uses = steps.Where(step => step.Has("uses")).Select(step => step["uses"].Text.Split('@')[0]).ToList();
        var runs = string.Join('\n', steps.Where(step => step.Has("run")).Select(step => step["run"].Text));

        Assert.That(release["needs"].Text, Is.EqualTo("test"));
        Assert.That(release["permissions"]["id-token"].Text, Is.EqualTo("write"));
        Assert.That(release["permissions"]["attestations"].Text, Is.EqualTo("write"));
        Assert.That(uses.Count(action => action == "actions/attest-build-provenance"), Is.EqualTo(2), "the files and the image");
        Assert.That(uses, Does.Contain("actions/attest-sbom"));
        Assert.That(runs, Does.Contain(".ci/parts release").And.Contain("PublishProfile=SingleFile").And.Contain("--notes-file"));
    }

    /// <summary>Each package of the app is listed, with a licence that allows what a release does with it.</summary>
    [Test]
    public void The_parts_are_listed_with_their_licences()
    {
        _ = RealParts.Node;
        var (output, exitCode) = RealProcess.Run(Clean(new ProcessStartInfo(
            Path.Combine(Repository.Root, ".ci", "parts"), [_folder + "/parts"])));
        Assert.That(exitCode, Is.Zero, output);

        var list = File.ReadAllText(Path.Combine(_folder, "parts", "licences.md"));
        Assert.That(list, Does.Contain("| OpenAI 2.1.0 | MIT |").And.Contain("| markdown-it ").And.Contain("| Npgsql "));
        Assert.That(list, Does.Not.Contain("NUnit").And.Not.Contain("esbuild"), "what is only built or tested with");
        foreach (var file in new[] { "nuget.cdx.json", "npm.cdx.json" })
            Assert.That(File.ReadAllText(Path.Combine(_folder, "parts", file)), Does.Contain("\"bomFormat\": \"CycloneDX\""));
    }

    [Test]
    public void The_changelog_says_what_the_version_of_the_sources_brought()
    {
        var version = Version().Match(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"))).Groups[1].Value;
        var program = Path.Combine(Repository.Root, ".ci", "changes");

        var (changes, exitCode) = RealProcess.Run(program, version);
        var (unknown, ofUnknown) = RealProcess.Run(program, "99.0.0");

        Assert.That((exitCode, ofUnknown), Is.EqualTo((0, 1)), $"{changes}{unknown}");
        Assert.That(changes, Does.Contain("### Added").And.Not.Contain("## Unreleased"));
    }

    /// <summary>A project with the repository's settings and one package, whose vulnerabilities that source knows.</summary>
    private (string Output, int ExitCode) Restore(string source, bool isContinuousIntegration)
    {
        var project = Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName;
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", "global.json" })
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(project, file));
        File.WriteAllText(Path.Combine(project, "One.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><RestoreLockedMode>false</RestoreLockedMode></PropertyGroup>
              <ItemGroup><PackageReference Include="YamlDotNet" /></ItemGroup>
            </Project>
            """);
        // The packages are those that have been restored already.
        File.WriteAllText(Path.Combine(project, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="none" value="{project}" /></packageSources>
              <auditSources>
                <clear />
                <add key="audit" value="{source}/v3/index.json" allowInsecureConnections="true" />
              </auditSources>
            </configuration>
            """);
        var start = Clean(new ProcessStartInfo("dotnet", ["restore", "One.csproj"]) { WorkingDirectory = project });
        start.Environment["CI"] = isContinuousIntegration ? "true" : "";
        start.Environment["NUGET_HTTP_CACHE_PATH"] = Path.Combine(project, "cache");
        return RealProcess.Run(start);
    }

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    private static (string Output, int ExitCode) AuditNpm(string registry, bool isContinuousIntegration)
    {
        var start = new ProcessStartInfo(RealParts.Node, ["audit.mjs"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "ChatStream.Web"),
            Environment =
            {
                ["AUDIT"] = isContinuousIntegration ? "required" : "",
                ["npm_config_registry"] = registry,
                ["npm_config_fetch_retries"] = "0",
            },
        };
        return RealProcess.Run(start);
    }

    /// <summary>Both kinds of source at once: each says that all versions of a package have one vulnerability.</summary>
    private async Task<IAsyncDisposable> StartSourceAsync()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/v3/index.json", () => Json($$"""
            {"version":"3.0.0","resources":[{"@id":"{{_source}}/v3/known.json","@type":"VulnerabilityInfo/6.7.0"}]}
            """));
        app.MapGet("/v3/known.json", () => Json($$"""
            [{"@name":"all","@id":"{{_source}}/v3/all.json","@updated":"2026-01-01T00:00:00Z"}]
            """));
        app.MapGet("/v3/all.json", () => Json($$$"""
            {"{{{Package}}}":[{"severity":1,"url":"https://example.org/advisory","versions":"(, )"}]}
            """));
        app.MapPost("/-/npm/v1/security/advisories/bulk", () => Json("""
            {"katex":[{"id":1,"url":"https://example.org/advisory","title":"A fault","severity":"low","vulnerable_versions":"*"}]}
            """));
        await app.StartAsync();
        _source = app.Urls.Single();
        return app;

        static IResult Json(string text) => Results.Content(text, "application/json", statusCode: (int)HttpStatusCode.OK);
    }

    // What "dotnet test" tells its children is not meant for another build.
    private static ProcessStartInfo Clean(ProcessStartInfo start)
    {
        foreach (
            var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase))
            .ToList())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return start;
    }

    [GeneratedRegex("<Version>(.+)</Version>")]
    private static partial Regex Version();
}
