using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal sealed class SiteOptions
{
    /// <summary>
    /// The origin that browsers see, such as <c>https://chat.example.org</c>, if a proxy changes the host. Empty: the host of the
    /// request.
    /// </summary>
    public string PublicOrigin { get; init; } = "";

    internal sealed class Check : IValidateOptions<SiteOptions>
    {
        public ValidateOptionsResult Validate(string? name, SiteOptions options) =>
            options.PublicOrigin.Length == 0
            || (Uri.TryCreate(options.PublicOrigin, UriKind.Absolute, out var origin)
                && origin is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "" })
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("PublicOrigin must be an origin such as https://chat.example.org, without a path.");
    }
}
