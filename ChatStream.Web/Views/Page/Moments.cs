using System.Globalization;

namespace ChatStream.Web.Views.Page;

/// <summary>Points in time in the words of the reader's language and in the reader's time zone.</summary>
public static class Moments
{
    /// <summary>For the <c>datetime</c> of a <c>time</c> element.</summary>
    public static string Iso(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The day and the time, to the minute. It says where it is the time of no user.</summary>
    public static string Minute(DateTimeOffset time, HttpRequest request) =>
        In(time, request).ToString("g", CultureInfo.CurrentCulture)
        + (request.Cookies.ContainsKey(Days.ZoneCookie) ? "" : " UTC");

    /// <summary>The day, in a pattern of the language.</summary>
    public static string Day(DateTimeOffset time, HttpRequest request, string pattern) =>
        In(time, request).ToString(pattern, CultureInfo.CurrentCulture);

    // An imported message may have any time, and the first and the last hours there are have none in other zones.
    private static DateTimeOffset In(DateTimeOffset time, HttpRequest request)
    {
        try
        {
            return TimeZoneInfo.ConvertTime(time, Days.ZoneOf(request));
        }
        catch (ArgumentOutOfRangeException)
        {
            return time;
        }
    }
}
