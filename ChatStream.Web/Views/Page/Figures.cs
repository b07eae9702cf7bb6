using System.Globalization;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Page;

/// <summary>
/// The times and numbers under an answer. The script's <c>measured()</c> and <c>duration()</c> have the same rules.
/// </summary>
public static class Figures
{
    /// <summary>A speed over less than this is not shown: it would be mostly chance.</summary>
    private static readonly TimeSpan LeastTimeOfSpeed = TimeSpan.FromSeconds(0.2);

    /// <summary>From here on tenths of a second are not shown: 9.95 would be "10.0".</summary>
    private const double WholeSecondsFrom = 9.95;

    /// <summary>Costs have no more.</summary>
    private const int MostDecimals = 9;

    /// <summary>A whole number with its thousands separated.</summary>
    public static string Number(double value) => value.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>An amount of money with its currency. Below one it has two digits after its zeros.</summary>
    public static string Cost(CostPayload cost)
    {
        var decimals = 2;
        for (var rest = cost.Amount; rest is > 0 and < 0.1m && decimals < MostDecimals; rest *= 10)
            decimals++;
        return $"{cost.Amount.ToString($"N{decimals}", CultureInfo.CurrentCulture)} {cost.Currency}";
    }

    /// <summary>A duration: seconds below a minute, else <c>m:ss</c> or <c>h:mm:ss</c>.</summary>
    /// <param name="seconds">Not negative.</param>
    /// <param name="inSeconds">The words for seconds, with <c>{0}</c> for the number.</param>
    public static string Duration(double seconds, string inSeconds) => seconds switch
    {
        < 60 => InSeconds(inSeconds, seconds, "0"),
        < 3600 => Whole(seconds).ToString(@"m\:ss", CultureInfo.InvariantCulture),
        _ => Whole(seconds).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
    };

    /// <summary>A measured time: below ten seconds with tenths.</summary>
    public static string Measured(double seconds, string inSeconds) =>
        seconds < WholeSecondsFrom ? InSeconds(inSeconds, seconds, "0.0") : Duration(seconds, inSeconds);

    /// <summary>How long the model reasoned: whole seconds, at least one.</summary>
    public static string Thought(double seconds, string inSeconds) => Duration(Math.Max(1, Math.Round(seconds)), inSeconds);

    /// <summary>Tokens per second. Null: the time is not known, or too short to say anything.</summary>
    public static double? Speed(long tokens, TimeSpan? time) =>
        time >= LeastTimeOfSpeed ? tokens / time.Value.TotalSeconds : null;

    private static TimeSpan Whole(double seconds) => TimeSpan.FromSeconds(Math.Floor(seconds));

    private static string InSeconds(string words, double seconds, string format) =>
        string.Format(CultureInfo.CurrentCulture, words, seconds.ToString(format, CultureInfo.CurrentCulture));
}
