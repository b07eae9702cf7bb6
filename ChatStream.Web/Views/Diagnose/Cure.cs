namespace ChatStream.Web.Views.Diagnose;

/// <summary>The settings of a proxy that cure a fault.</summary>
/// <param name="Proxy">Names it for the script, as <c>ProxyKind</c> of <c>findings.ts</c> has it.</param>
public sealed record Cure(string Proxy)
{
    private const string Nginx = "nginx";
    private const string HaProxy = "haproxy";
    private const string Apache = "apache";
    private const string Caddy = "caddy";
    private const string Iis = "iis";
    private const string Cdn = "cdn";

    /// <summary>What people call the proxy.</summary>
    public string Name => Proxy switch
    {
        HaProxy => "HAProxy",
        Apache => "Apache",
        Caddy => "Caddy",
        Iis => "IIS",
        Cdn => "Cloudflare, CloudFront, Azure Front Door, Application Gateway",
        _ => Proxy,
    };

    /// <summary>What must be set; may be empty.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>What must not be set; may be empty.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>Each fault that the page can find, with what cures it. The page has words for the fault.</summary>
    public static readonly IReadOnlyList<(string Fault, IReadOnlyList<Cure> Cures)> All =
    [
        ("held",
        [
            new(Nginx) { Set = ["proxy_buffering off;"], Remove = ["proxy_ignore_headers X-Accel-Buffering;"] },
            new(HaProxy) { Remove = ["http-response wait-for-body"] },
            new(Apache) { Set = ["ProxyPass … flushpackets=on"] },
            new(Caddy) { Set = ["flush_interval -1"], Remove = ["buffer_responses", "response_buffers"] },
            new(Iis) { Set = ["responseBufferLimit=\"0\""] },
            new(Cdn) { Set = ["enableResponseBuffering=false"] },
        ]),
        ("bursts",
        [
            new(HaProxy) { Set = ["option http-no-delay"] },
            new(Nginx) { Set = ["tcp_nodelay on;", "proxy_buffering off;"] },
        ]),
        ("compressed",
        [
            new(Nginx) { Remove = ["gzip_types text/event-stream;", "gzip_types *;"] },
            new(Apache) { Remove = ["AddOutputFilterByType DEFLATE text/event-stream", "SetOutputFilter DEFLATE"] },
            new(Iis) { Set = ["<add mimeType=\"text/event-stream\" enabled=\"false\" />"] },
            new(Cdn) { Remove = ["text/event-stream"] },
        ]),
        ("silence",
        [
            new(Nginx) { Set = ["proxy_read_timeout 60s;"] },
            new(HaProxy) { Set = ["timeout server 60s", "timeout client 60s"] },
            new(Apache) { Set = ["ProxyTimeout 60"] },
            new(Caddy) { Remove = ["read_timeout"] },
            new(Iis) { Set = ["requestTimeout=\"00:10:00\""] },
            new(Cdn) { Set = ["origin response timeout 60 s"] },
        ]),
        ("old",
        [
            new(Nginx) { Set = ["proxy_http_version 1.1;", "proxy_set_header Connection \"\";"] },
            new(Apache) { Remove = ["SetEnv force-proxy-request-1.0 1"] },
        ]),
        ("refused",
        [
            new(Nginx) { Set = ["proxy_set_header Host $http_host;"] },
            new(HaProxy) { Remove = ["http-request set-header Host"] },
            new(Apache) { Set = ["ProxyPreserveHost On"] },
            new(Caddy) { Remove = ["header_up Host"] },
            new(Iis) { Set = ["preserveHostHeader=\"true\""] },
        ]),
        ("stop", []),
        ("departure",
        [
            new(Nginx) { Remove = ["proxy_ignore_client_abort on;"] },
            new(HaProxy) { Set = ["option abortonclose"] },
        ]),
        ("http1",
        [
            new(Nginx) { Set = ["listen 443 ssl http2;"] },
            new(HaProxy) { Set = ["bind :443 ssl crt … alpn h2,http/1.1"] },
            new(Apache) { Set = ["Protocols h2 http/1.1"] },
        ]),
    ];
}
