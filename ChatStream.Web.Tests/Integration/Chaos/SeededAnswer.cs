using ChatStream.Emulator;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>One answer of a run: what the model says, and how.</summary>
/// <param name="Number">Within the run.</param>
/// <param name="Text">All of it.</param>
/// <param name="Script">What the emulator plays.</param>
/// <param name="Random">For what else is to be decided about it.</param>
internal sealed record SeededAnswer(int Number, string Text, Script Script, Random Random)
{
    public string Message => $"Answer {Number}";

    public static SeededAnswer Make(int seed, int number, int leastTokens, int mostTokens)
    {
        var random = new Random(unchecked((seed * 7919) + number));
        var tokens = SeededTexts.Tokens(random, random.Next(leastTokens, mostTokens + 1));
        return new SeededAnswer(number, string.Concat(tokens), Play(tokens, random), random);
    }

    // In a model's pace or as fast as it goes, token by token or many in one write, whole or torn inside of characters.
    private static Script Play(IReadOnlyList<string> tokens, Random random)
    {
        var script = random.Next(3) switch
        {
            0 => tokens.Chunk(random.Next(5, 20)).Aggregate(Script.Start(), (script, some) =>
                script.Texts(some).Delay(TimeSpan.FromMilliseconds(random.Next(1, 8)))),
            1 => Script.Start().Texts(tokens).WriteEventsTogether(random.Next(2, 40)),
            _ => Script.Start().Texts(tokens),
        };
        script = script.Finish("stop").Usage(12, tokens.Count).Done();
        return random.Next(8) == 0 ? script.SplitInsideUtf8() : script;
    }
}
