using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal sealed class SiteOptions
{
    /// <summary>
    /// The origin that browsers see, such as <c>https://chat.example.org</c>, if a proxy changes the host. Empty: the host of the
    /// request. It is kept as browsers write it in <c>Origin</c>.
    /// </summary>
    public string PublicOrigin { get; set; } = "";

    /// <summary>Rewrites an origin as browsers write it: in lower case, in ASCII, without the usual port.</summary>
    internal void Normalise()
    {
        if (!IsOrigin(PublicOrigin, out var origin))
            return;
        var host = origin.HostNameType == UriHostNameType.Dns ? origin.IdnHost.ToLowerInvariant() : origin.Host;
        PublicOrigin = origin.IsDefaultPort ? $"{origin.Scheme}://{host}" : $"{origin.Scheme}://{host}:{origin.Port}";
    }

    private static bool IsOrigin(string text, [NotNullWhen(true)] out Uri? origin) =>
        Uri.TryCreate(text, UriKind.Absolute, out origin)
        && origin is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" };

    internal sealed class Check : IValidateOptions<SiteOptions>
    {
        public ValidateOptionsResult Validate(string? name, SiteOptions options) =>
            options.PublicOrigin.Length == 0 || IsOrigin(options.PublicOrigin, out _)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("PublicOrigin must be an origin such as https://chat.example.org, without a path.");
    }
}
