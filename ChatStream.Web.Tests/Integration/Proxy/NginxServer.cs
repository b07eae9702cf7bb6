using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Proxy;

/// <summary>A real nginx on a free loopback port, with all its files in a folder of its own.</summary>
internal sealed partial class NginxServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly RealProcess _process;

    private NginxServer(string folder, RealProcess process, Uri address) =>
        (_folder, _process, Address) = (folder, process, address);

    public Uri Address { get; }

    /// <summary>A proxy with only the target set: HTTP/1.0 to the app, and buffering on.</summary>
    public static Task<NginxServer> StartWithDefaultsAsync(Uri app) => StartAsync("http", port => $$"""
        server {
            listen 127.0.0.1:{{port}};
            location / {
                proxy_pass http://{{app.Authority}};
                proxy_set_header Host $http_host;
            }
        }
        """);

    /// <summary>A proxy with these lines in its location, and nothing else set but the target.</summary>
    public static Task<NginxServer> StartPlainAsync(Uri app, string lines) => StartAsync("http", port => $$"""
        server {
            listen 127.0.0.1:{{port}};
            location / {
                proxy_pass http://{{app.Authority}};
                {{lines}}
            }
        }
        """);

    /// <summary>The example of this repository, with its addresses replaced, and nothing else.</summary>
    public static Task<NginxServer> StartWithExampleAsync(Uri app) => StartInFrontOfAsync(app);

    /// <summary>As the example, with several instances of the app.</summary>
    public static Task<NginxServer> StartInFrontOfAsync(params Uri[] apps) =>
        StartAsync("http", port => OnLoopback(Example(apps), port));

    /// <summary>The example with two lines changed: it serves the path <c>/ask/</c>, and takes it away.</summary>
    public static Task<NginxServer> StartBelowPathAsync(Uri app) => StartAsync("http", port => OnLoopback(Example(app), port)
        .Replace(
            "location / {\n        proxy_pass http://chatstream;", "location /ask/ {\n        proxy_pass http://chatstream/;",
            StringComparison.Ordinal));

    /// <summary>The example with TLS: the lines that are comments in it put in force.</summary>
    public static Task<NginxServer> StartWithExampleOverTlsAsync(Uri app) => StartAsync("https", port => CommentedDirective()
        .Replace(Example(app), "$1")
        .Replace("    listen 80;\n    listen [::]:80;\n", "", StringComparison.Ordinal)
        .Replace("listen 443 ", $"listen 127.0.0.1:{port} ", StringComparison.Ordinal)
        .Replace("/etc/nginx/tls/", "", StringComparison.Ordinal));

    /// <summary>What <c>nginx -t</c> says, and its exit code.</summary>
    public (string Output, int ExitCode) Test() => RealProcess.Run(RealParts.Nginx, Arguments(_folder, "-t"));

    public async ValueTask DisposeAsync()
    {
        // Its workers end with it; killed, it would leave them behind.
        _process.Terminate();
        await _process.Exited;
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string OnLoopback(string example, int port) => example
        .Replace("listen 80;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal)
        .Replace("    listen [::]:80;\n", "", StringComparison.Ordinal);

    // The name of the example stands for all instances: Docker gives it an address for each.
    private static string Example(params Uri[] apps) => File.ReadAllText(Path.Combine(Repository.Root, "deploy", "nginx.conf"))
        .Replace(
            "server chatstream:8080;", string.Join(' ', apps.Select(app => $"server {app.Authority};")),
            StringComparison.Ordinal);

    private static async Task<NginxServer> StartAsync(string scheme, Func<int, string> server)
    {
        var nginx = RealParts.Nginx;
        var folder = Directory.CreateTempSubdirectory("chatstream-nginx-").FullName;
        WriteCertificate(folder);
        // Between finding a free port and listening on it another program may take it: then the next.
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Find();
            await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), Configuration(server(port)));
            var process = RealProcess.Start(new ProcessStartInfo(nginx, Arguments(folder)));
            try
            {
                await process.LineAsync(line => line.Contains("start worker process ", StringComparison.Ordinal));
                return new NginxServer(folder, process, new Uri($"{scheme}://127.0.0.1:{port}/"));
            }
            catch (InvalidOperationException) when (
                attempt < 5 && process.Output.Contains("Address already in use", StringComparison.Ordinal))
            {
                await process.DisposeAsync();
            }
        }
    }

    private static string[] Arguments(string folder, params string[] more) =>
        ["-p", folder, "-c", "nginx.conf", "-e", "stderr", .. more];

    // As root, workers would run as a user who may not enter the folder.
    private static string Configuration(string server) => $$"""
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        daemon off;
        worker_processes 1;
        pid nginx.pid;
        error_log stderr notice;
        events { }
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            {{server}}
        }
        """;

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=chat.example.org", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "privkey.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    [GeneratedRegex("#((listen|ssl_|http2).*;)")]
    private static partial Regex CommentedDirective();
}
