using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Views;

namespace ChatStream.Web.Controllers;

/// <summary>Warns when a budget is nearly used up. A browser is warned once of each state that a budget has.</summary>
internal static class BudgetNotice
{
    /// <summary>What a start says: the name, percent-encoded, and then the figures.</summary>
    public const string Header = "ChatStream-Budget";

    private const string Cookie = "chatstream.budget";

    /// <summary>Tells the sender of a start, with the response. The page is told once.</summary>
    public static void Tell(HttpContext http, BudgetUse use)
    {
        if (http.Caller().IsPage && !IsNews(http, use))
            return;
        var limits = new StringBuilder();
        if (use.Soft is { } soft)
            limits.Append(CultureInfo.InvariantCulture, $"; soft={soft:0.######}");
        if (use.Hard is { } hard)
            limits.Append(CultureInfo.InvariantCulture, $"; hard={hard:0.######}");
        var unit = use.Of switch { BudgetUnit.Answers => "answers", BudgetUnit.Tokens => "tokens", _ => use.Currency };
        http.Response.Headers[Header] = string.Create(CultureInfo.InvariantCulture,
            $"{Uri.EscapeDataString(use.Name)}; per={(use.Per == BudgetPeriod.Day ? "day" : "month")}; of={unit}; "
            + $"used={use.Used:0.######}{limits}");
    }

    /// <summary>Whether the browser was not told of this state yet. It is, from now on.</summary>
    public static bool IsNews(HttpContext http, BudgetUse use)
    {
        var state = string.Create(CultureInfo.InvariantCulture, $"{use.Name}\n{use.OpensAt:O}\n{use.State}");
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)).AsSpan(0, 8));
        if (http.Request.Cookies[Cookie] == key)
            return false;
        http.Response.Cookies.Append(Cookie, key, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            Expires = use.OpensAt,
            Path = CookiePath.Of(http.Request),
        });
        return true;
    }
}
