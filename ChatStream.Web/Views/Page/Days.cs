using System.Globalization;

namespace ChatStream.Web.Views.Page;

/// <summary>
/// The headings in the list of conversations: days in the user's time zone. The script's <c>days.ts</c> has the same rules.
/// </summary>
public static class Days
{
    /// <summary>The cookie in which the script stores the user's time zone, as an IANA name.</summary>
    public const string ZoneCookie = "chatstream.zone";

    public static TimeZoneInfo ZoneOf(HttpRequest request) =>
        request.Cookies[ZoneCookie] is { } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)
            ? zone
            : TimeZoneInfo.Utc;

    /// <returns><c>today</c>, <c>yesterday</c>, <c>week</c>, <c>month</c>, or the month as <c>2026-11</c>.</returns>
    public static string Of(DateTimeOffset time, DateTimeOffset now, TimeZoneInfo zone)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return (today.DayNumber - day.DayNumber) switch
        {
            <= 0 => "today",
            1 => "yesterday",
            <= 7 => "week",
            <= 30 => "month",
            _ => day.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>"November 2026" in the current language; null for a day that has a word of its own.</summary>
    public static string? MonthOf(string day) =>
        DateOnly.TryParseExact(day, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            ? month.ToString("Y", CultureInfo.CurrentCulture)
            : null;
}
