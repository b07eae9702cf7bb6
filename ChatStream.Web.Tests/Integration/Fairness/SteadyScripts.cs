using System.Globalization;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>
/// The model's answers. Those of the healthy users come from an emulator in a process of its own, because what disturbs runs in
/// this one: steady ones at 20 words a second, and short ones.
/// </summary>
internal static class SteadyScripts
{
    private static readonly int Words = Soak.IsOn ? 100 : 20;

    /// <summary>The message that asks for a steady answer.</summary>
    public static string Steady { get; } = string.Create(CultureInfo.InvariantCulture, $"/steady {Words}");

    public static string SteadyText { get; } = string.Concat(Enumerable.Range(0, Words).Select(n => $" w{n}"));

    public const string Short = "/short";

    public const string ShortText = " short answer";

    /// <summary>What the others are answered.</summary>
    public static Script For(EmulatedRequest request) => ConsoleScripts.ForCommand(request) ?? Script.Answer(ShortText);
}
