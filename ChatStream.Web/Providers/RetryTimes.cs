using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace ChatStream.Web.Providers;

/// <summary>How long a service asks to be left alone, in whole seconds, rounded up.</summary>
internal static partial class RetryTimes
{
    /// <summary>
    /// Read from <c>retry-after-ms</c>, or else from <c>Retry-After</c>, which holds seconds or a date. Null if neither has a
    /// value. Some gateways add the unit.
    /// </summary>
    public static int? In(PipelineResponseHeaders headers, DateTimeOffset now)
    {
        if ((headers.TryGetValue("retry-after-ms", out var text) || headers.TryGetValue("x-ms-retry-after-ms", out text))
            && (Number(text) is { } milliseconds ? Seconds(milliseconds / 1000) : Length(text)) is { } exact)
            return exact;
        if (!headers.TryGetValue("Retry-After", out text))
            return null;
        return Number(text) is { } seconds ? Seconds(seconds)
            : Date(text) is { } date ? Seconds(Math.Max(0, (date - now).TotalSeconds))
            : Length(text);
    }

    // Of several values the first one counts.
    private static double? Number(string? text) =>
        double.TryParse(text?.Split(',')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number : null;

    private static DateTimeOffset? Date(string? text) =>
        RetryConditionHeaderValue.TryParse(text, out var value) && value.Date is { } date ? date
        : DateTimeOffset.TryParseExact(
            text, "yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date) ? date
        : null;

    // 7s, 1m30s, 1.5 seconds, 300ms.
    private static int? Length(string? text)
    {
        if (text is null || !Lengths().IsMatch(text))
            return null;
        var seconds = 0.0;
        foreach (Match part in Part().Matches(text))
        {
            var number = double.Parse(part.Groups["number"].Value, CultureInfo.InvariantCulture);
            seconds += number * part.Groups["unit"].Value.ToLowerInvariant() switch
            {
                ['m', 's', ..] or ['m', 'i', 'l', ..] => 0.001,
                ['m', ..] => 60,
                ['h', ..] => 3_600,
                ['d', ..] => 86_400,
                _ => 1,
            };
        }
        return Seconds(seconds);
    }

    private static int Seconds(double seconds) => (int)Math.Min(Math.Ceiling(seconds), int.MaxValue);

    private const string OnePart =
        @"(?<number>[0-9]{1,15}(\.[0-9]{1,15})?) ?"
        + "(?<unit>milliseconds?|ms|days?|d|hours?|h|minutes?|min|m|seconds?|secs?|s)(?![a-z])";

    [GeneratedRegex($"^ ?({OnePart} ?)+$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Lengths();

    [GeneratedRegex(OnePart, RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
