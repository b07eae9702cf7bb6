using ChatStream.Emulator;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Answers that a test releases piece by piece.</summary>
internal static class Answers
{
    public static readonly IReadOnlyList<string> Words = ["One", " two", " three", " four", " five", " six"];

    public static readonly string Whole = string.Concat(Words);

    /// <summary>The gate releases one word at a time.</summary>
    public static Script WordByWord(Gate gate) =>
        Words.Aggregate(Script.Start(), (script, word) => script.Wait(gate).Text(word)).Wait(gate).Finish("stop").Usage(9, 6)
            .Done();

    /// <summary>Half of the answer at once, and the rest when the gate opens.</summary>
    public static Script InHalves(Gate gate) =>
        Script.Start().Texts(Words.Take(3)).Wait(gate).Texts(Words.Skip(3)).Finish("stop").Usage(9, 6).Done();

    public const string FirstHalf = "One two three";
}
