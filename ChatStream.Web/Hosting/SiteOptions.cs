using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal sealed class SiteOptions
{
    /// <summary>
    /// What browsers see as the origin, such as <c>https://chat.example.org</c>, where a proxy hides it. Empty: the host of the
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
