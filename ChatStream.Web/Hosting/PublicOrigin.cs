using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal sealed class PublicOrigin(IOptions<SiteOptions> site) : IPublicOrigin
{
    /// <inheritdoc/>
    public string AddressFor(HttpRequest request, string localPath) =>
        (site.Value.PublicOrigin is { Length: > 0 } origin ? origin : $"{request.Scheme}://{request.Host.ToUriComponent()}")
        + localPath;
}
