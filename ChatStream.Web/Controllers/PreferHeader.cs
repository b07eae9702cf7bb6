using System.Globalization;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>What of <c>Prefer</c> (RFC 7240) is honoured.</summary>
/// <param name="RespondAsync">Answer at once with 202.</param>
/// <param name="Wait">Answer with 202 once this has passed; null: wait for the end.</param>
internal sealed record PreferHeader(bool RespondAsync, TimeSpan? Wait)
{
    public static PreferHeader Of(HttpRequest request)
    {
        var (respondAsync, wait) = (false, (TimeSpan?)null);
        foreach (var preference in request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            var name = preference.Split(';')[0].Trim();
            if (name.Equals("respond-async", StringComparison.OrdinalIgnoreCase))
                respondAsync = true;
            else if (name.StartsWith("wait=", StringComparison.OrdinalIgnoreCase))
                wait ??= Seconds(name[5..].Trim('"', ' '));
        }
        return new PreferHeader(respondAsync, wait);
    }

    private static TimeSpan Seconds(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 24 * 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new RefusedException(400, "Prefer", "wait takes whole seconds, at most a day of them.");
}
