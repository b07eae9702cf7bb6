namespace ChatStream.Web.Views;

/// <summary>The user's choice of a light or dark page.</summary>
public static class Theme
{
    public const string CookieName = "chatstream.theme";

    /// <summary>First the default, which follows the system.</summary>
    public static readonly IReadOnlyList<string> All = ["auto", "light", "dark"];

    public static string Of(HttpRequest request) =>
        request.Cookies[CookieName] is { } theme && All.Contains(theme) ? theme : All[0];
}
