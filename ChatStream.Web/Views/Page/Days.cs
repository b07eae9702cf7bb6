using System.Globalization;

namespace ChatStream.Web.Views.Page;

/// <summary>Under which day of the reader's a conversation is listed; the script's <c>days.ts</c> says the same.</summary>
public static class Days
{
    /// <summary>The script leaves the reader's time zone here.</summary>
    public const string ZoneCookie = "chatstream.zone";

    public static TimeZoneInfo ZoneOf(HttpRequest request) =>
        request.Cookies[ZoneCookie] is { } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : TimeZoneInfo.Utc;

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

    /// <summary>"November 2026"; null where the day has a word of its own.</summary>
    public static string? MonthOf(string day) =>
        DateOnly.TryParseExact(day, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            ? month.ToString("Y", CultureInfo.CurrentCulture)
            : null;
}
