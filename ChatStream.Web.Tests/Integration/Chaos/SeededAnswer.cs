using ChatStream.Emulator;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>One answer of a run.</summary>
/// <param name="Number">The number of the answer in the run.</param>
/// <param name="Text">The whole text.</param>
/// <param name="Script">The script of the emulator.</param>
/// <param name="Random">Decides everything else about the answer.</param>
internal sealed record SeededAnswer(int Number, string Text, Script Script, Random Random)
{
    public string Message => $"Answer {Number}";

    public static SeededAnswer Make(int seed, int number) => Make(seed, number, Play);

    /// <summary>One that takes a few seconds.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="number">The number of the answer in the run.</param>
    /// <param name="ends">Whether it ends; otherwise nothing comes after its text.</param>
    public static SeededAnswer MakePaced(int seed, int number, bool ends = true) => Make(seed, number, (tokens, random) =>
    {
        var (atOnce, pace) = (random.Next(1, 12), TimeSpan.FromMilliseconds(random.Next(10, 60)));
        var script = tokens.Chunk(atOnce).Aggregate(Script.Start(), (script, some) => script.Texts(some).Delay(pace));
        return ends ? script.Finish("stop").Usage(12, tokens.Count).Done() : script.Stall();
    });

    /// <summary>One that takes at least so long.</summary>
    public static SeededAnswer MakeLasting(int seed, int number, TimeSpan time) => Make(seed, number, (tokens, _) =>
    {
        var some = tokens.Chunk(10).ToList();
        return some.Aggregate(Script.Start(), (script, few) => script.Texts(few).Delay(time / some.Count)).Finish("stop")
            .Usage(12, tokens.Count).Done();
    });

    private static SeededAnswer Make(int seed, int number, Func<IReadOnlyList<string>, Random, Script> play)
    {
        var random = new Random(unchecked((seed * 7919) + number));
        var tokens = SeededTexts.Tokens(random, random.Next(500, 2_001));
        return new SeededAnswer(number, string.Concat(tokens), play(tokens, random), random);
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
