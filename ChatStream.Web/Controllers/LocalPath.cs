namespace ChatStream.Web.Controllers;

internal static class LocalPath
{
    /// <summary>A path of this site as a client asks for it: below <c>PathBase</c>.</summary>
    /// <param name="request">Any request of the site.</param>
    /// <param name="path">Begins with a slash.</param>
    public static string LocalPathOf(this HttpRequest request, string path) => $"{request.PathBase.ToUriComponent()}{path}";
}
