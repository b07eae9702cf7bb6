namespace ChatStream.Web.Views;

/// <summary>Light or dark by choice; no choice is the system's.</summary>
public static class Theme
{
    public const string CookieName = "chatstream.theme";

    /// <summary>By system first.</summary>
    public static readonly IReadOnlyList<string> All = ["auto", "light", "dark"];

    public static string Of(HttpRequest request) =>
        request.Cookies[CookieName] is { } theme && All.Contains(theme) ? theme : All[0];
}
