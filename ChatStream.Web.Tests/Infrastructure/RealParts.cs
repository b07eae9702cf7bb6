using System.Text.Json;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// Other programs that some tests need. If one is missing, the test is ignored with a reason; under
/// <c>./test.sh</c>, which installs them, it fails.
/// </summary>
internal static class RealParts
{
    public static string Node
    {
        get
        {
            var node = Require("Node.js 20 or newer", null, "node");
            var (version, _) = RealProcess.Run(node, "--version");
            var major = version.Trim().TrimStart('v').Split('.')[0];
            if (!int.TryParse(major, out var number) || number < 20)
                Miss($"Node.js 20 or newer is needed, and this is {version.Trim()}.");
            return node;
        }
    }

    /// <summary>Node.js, with the packages that the scripts of the tests import.</summary>
    public static string NodeWithPackages
    {
        get
        {
            RequirePackages();
            return Node;
        }
    }

    /// <summary>Node.js 22 or newer, which comes with Playwright. For packages that need more than Node.js 20.</summary>
    public static string NewNode
    {
        get
        {
            RequirePackages();
            var folder = Path.Combine(AppContext.BaseDirectory, ".playwright", "node");
            var found = Directory.Exists(folder) ? Directory.GetFiles(folder, "node", SearchOption.AllDirectories) : [];
            if (found.Length == 0)
                Miss("Playwright's Node.js is not there.");
            return found[0];
        }
    }

    public static string Java => Require("Java 17 or newer", null, "java");

    public static string Nginx => Require("nginx", null, "nginx");

    public static string HaProxy => Require("HAProxy", null, "haproxy");

    public static string Apache => Require("Apache", null, "apache2");

    public static string Caddy => Require("Caddy", null, "caddy");

    public static string Fuzzer => Require("AFL++", null, "afl-fuzz");

    public static string Bash => Require("bash", null, "bash");

    public static string Sqlite => Require("sqlite3", null, "sqlite3");

    public static string SystemdAnalyze => Require("systemd", null, "systemd-analyze");

    public static string PgBouncer => Require("PgBouncer", null, "pgbouncer");

    /// <summary>
    /// The folder of PostgreSQL's programs; Debian keeps those of a server off the PATH, one folder for each version.
    /// </summary>
    public static string PostgresFolder
    {
        get
        {
            const string Debian = "/usr/lib/postgresql";
            var versions = Directory.Exists(Debian)
                ? Directory.GetDirectories(Debian)
                    .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
                : Enumerable.Empty<string>();
            var found = versions.Select(version => Path.Combine(version, "bin")).Concat(Folders)
                .FirstOrDefault(folder =>
                    File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
            if (found is null)
                Miss("PostgreSQL is not installed.");
            return found!;
        }
    }

    /// <summary>The build without windows comes first: the tests of the page take half as long with it.</summary>
    public static string Chromium => Require(
        "Chromium", "CHROMIUM", "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
        "google-chrome-stable");

    public static string Firefox => Require("Firefox", "FIREFOX", "firefox-esr", "firefox");

    /// <summary>A file of an npm package of the tests.</summary>
    /// <param name="name">The package.</param>
    /// <param name="path">Where it is in the package.</param>
    public static string Package(string name, params string[] path)
    {
        RequirePackages();
        return Path.Combine([Repository.Tests, "node_modules", name, .. path]);
    }

    // The PATH of an ordinary user lacks the folders of programs for root.
    private static IEnumerable<string> Folders =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Append("/usr/local/sbin");

    private static void RequirePackages()
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Tests, "package.json")));
        var needed = ((string[])["dependencies", "devDependencies"])
            .SelectMany(kind => package.RootElement.GetProperty(kind).EnumerateObject());
        if (!needed.All(one => Directory.Exists(Path.Combine(Repository.Tests, "node_modules", one.Name))))
            Miss("The npm packages of the tests are not installed: run 'npm ci' in ChatStream.Web.Tests.");
    }

    private static string Require(string what, string? variable, params string[] names)
    {
        if (variable is not null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given)
            return given;
        var found = names.SelectMany(_ => Folders, (name, folder) => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is null)
            Miss($"{what} is not installed{(variable is null ? "" : $", and {variable} does not say where it is")}.");
        return found!;
    }

    private static void Miss(string reason)
    {
        if (Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_REQUIRE_ALL") == "1")
            Assert.Fail(reason);
        Assert.Ignore(reason);
    }
}
