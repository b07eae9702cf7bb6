using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>The model's answers: steady ones at 20 tokens a second, and short ones.</summary>
internal static class SteadyScripts
{
    public const string Steady = "Steady";

    private static readonly int Tokens = Soak.IsOn ? 100 : 20;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private static readonly IReadOnlyList<string> Words = [.. Enumerable.Range(0, Tokens).Select(n => $" w{n}")];

    private static readonly Script SteadyScript = Words
        .Aggregate(Script.Start(), (script, word) => script.Text(word).Delay(Pace)).Finish("stop").Usage(5, Tokens).Done();

    private static readonly Script ShortScript = Script.Answer(" short", " answer");

    public static string SteadyText { get; } = string.Concat(Words);

    public static string ShortText => " short answer";

    public static Script For(string message) =>
        message.StartsWith(Steady, StringComparison.Ordinal) ? SteadyScript : ShortScript;
}
