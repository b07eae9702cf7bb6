using System.Globalization;
using System.Text.RegularExpressions;
using ChatStream.Emulator;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>An answer of 200 numbered tokens, so that each lost and each doubled token can be named.</summary>
/// <param name="Number">Differs from that of every other answer of the run.</param>
/// <param name="IsCut">Whether its connections are cut.</param>
internal sealed partial record NumberedAnswer(int Number, bool IsCut)
{
    private const int Length = 200;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    public string Message => string.Create(CultureInfo.InvariantCulture, $"Answer {Number}");

    public IReadOnlyList<string> Tokens =>
        [.. Enumerable.Range(0, Length).Select(n => string.Create(CultureInfo.InvariantCulture, $" t{Number}.{n}"))];

    /// <summary>The starting GET. The key makes a repeat attach to what the first one started.</summary>
    public string Path =>
        $"/chat/stream?message={Uri.EscapeDataString(Message)}"
        + string.Create(CultureInfo.InvariantCulture, $"&idempotencyKey=answer-{Number}");

    public Script Script => Tokens.Aggregate(Script.Start(), (script, token) => script.Text(token).Delay(Pace))
        .Finish("stop").Usage(5, Length).Done();

    /// <summary>Its first half, silence until the gate is open, and the rest.</summary>
    public Script SilentUntil(Gate gate) => Script.Start().Texts(Tokens.Take(Length / 2)).Wait(gate)
        .Texts(Tokens.Skip(Length / 2)).Finish("stop").Usage(5, Length).Done();

    /// <summary>The tokens in a text, in its order.</summary>
    public static IReadOnlyList<string> In(string text) => [.. Token().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@" t\d+\.\d+")]
    private static partial Regex Token();
}
