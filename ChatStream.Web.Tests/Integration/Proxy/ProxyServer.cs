using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Proxy;

/// <summary>A real HAProxy, Apache or Caddy on a free loopback port, with all its files in a folder of its own.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private static readonly string[] Modules =
        ["mpm_event", "authz_core", "proxy", "proxy_http", "headers", "setenvif", "env", "filter", "deflate", "buffer"];

    private readonly string _folder;
    private readonly RealProcess _process;

    private ProxyServer(string folder, RealProcess process, int port) =>
        (_folder, _process, Address) = (folder, process, new Uri($"http://127.0.0.1:{port}/"));

    public Uri Address { get; }

    /// <summary>The example of this repository, with its addresses replaced, and one more line in its defaults.</summary>
    public static Task<ProxyServer> HaProxyAsync(Uri app, Func<string, string>? change = null) => HaProxyAsync(port =>
        Changed("haproxy.cfg", change)
            .Replace("bind :80", $"bind 127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("chatstream:8080", app.Authority, StringComparison.Ordinal));

    /// <summary>The example of this repository, with its addresses replaced.</summary>
    public static Task<ProxyServer> ApacheAsync(Uri app, Func<string, string>? change = null) => ApacheAsync(port =>
        $"Listen 127.0.0.1:{port}\n" + Changed("apache.conf", change)
            .Replace("*:80", $"127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("chatstream:8080", app.Authority, StringComparison.Ordinal));

    /// <summary>The example of this repository, with its addresses replaced.</summary>
    public static Task<ProxyServer> CaddyAsync(Uri app, Func<string, string>? change = null) => CaddyAsync(port =>
        Changed("Caddyfile", change)
            .Replace("chat.example.org", $"http://:{port}", StringComparison.Ordinal)
            .Replace("chatstream:8080", app.Authority, StringComparison.Ordinal));

    /// <summary>A proxy that serves the app below <c>/ask/</c>, and takes that path away.</summary>
    public static Task<ProxyServer> BelowPathAsync(string proxy, Uri app) => proxy switch
    {
        "haproxy" => HaProxyAsync(app, text => text.Replace(
            "    default_backend", "    http-request replace-path /ask/(.*) /\\1\n    default_backend",
            StringComparison.Ordinal)),
        "apache" => ApacheAsync(app, text => text.Replace("ProxyPass / ", "ProxyPass /ask/ ", StringComparison.Ordinal)),
        _ => CaddyAsync(app, text => text.Replace(
            "reverse_proxy chatstream:8080", "handle_path /ask/* {\nreverse_proxy chatstream:8080\n}", StringComparison.Ordinal)),
    };

    public async ValueTask DisposeAsync()
    {
        // Its workers end with it; killed, it would leave them behind.
        _process.Terminate();
        await _process.Exited;
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Changed(string example, Func<string, string>? change)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", example));
        var changed = change?.Invoke(text) ?? text;
        return change is null || changed != text ? changed : throw new ArgumentException("It changes nothing.", nameof(change));
    }

    private static Task<ProxyServer> HaProxyAsync(Func<int, string> configuration) => StartAsync(
        RealParts.HaProxy, "haproxy.cfg", configuration, "Loading success", file => ["-W", "-db", "-f", file]);

    private static Task<ProxyServer> ApacheAsync(Func<int, string> configuration) => StartAsync(
        RealParts.Apache, "apache.conf", port => ApacheBase + configuration(port), "resuming normal operations",
        file => ["-d", Path.GetDirectoryName(file)!, "-f", file, "-DFOREGROUND"]);

    private static Task<ProxyServer> CaddyAsync(Func<int, string> configuration) => StartAsync(
        RealParts.Caddy, "Caddyfile", port => CaddyBase + configuration(port), "serving initial configuration",
        file => ["run", "--config", file, "--adapter", "caddyfile"]);

    // What Debian has in /etc/apache2. As root, workers would run as a user who may not enter the folder.
    private static string ApacheBase => $"""
        ServerName localhost
        DefaultRuntimeDir .
        PidFile apache.pid
        ErrorLog /dev/stderr
        LogLevel notice
        {(Environment.IsPrivilegedProcess ? "User www-data\nGroup www-data" : "")}
        {string.Join('\n', Modules.Select(module => $"LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so"))}

        """;

    private static string CaddyBase => """
        {
            admin off
        }

        """;

    private static async Task<ProxyServer> StartAsync(
        string program, string name, Func<int, string> configuration, string ready, Func<string, string[]> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("chatstream-proxy-").FullName;
        var file = Path.Combine(folder, name);
        // Between finding a free port and listening on it another program may take it: then the next.
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Find();
            await File.WriteAllTextAsync(file, configuration(port));
            var process = RealProcess.Start(new ProcessStartInfo(program, arguments(file))
            {
                Environment = { ["XDG_DATA_HOME"] = folder, ["XDG_CONFIG_HOME"] = folder },
            });
            try
            {
                await process.LineAsync(line => line.Contains(ready, StringComparison.Ordinal));
                return new ProxyServer(folder, process, port);
            }
            catch (InvalidOperationException) when (
                attempt < 5 && process.Output.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                await process.DisposeAsync();
            }
        }
    }
}
