namespace ChatStream.Web.Views;

/// <summary>The path of the app's cookies, so that two apps below different paths of a host do not read each other's.</summary>
internal static class CookiePath
{
    public static string Of(HttpRequest request) => request.PathBase.HasValue ? request.PathBase.Value : "/";
}
