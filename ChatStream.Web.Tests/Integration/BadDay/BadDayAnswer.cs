using System.Globalization;
using ChatStream.Emulator;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>What the model says to one message. The message decides it, so the judge knows every text.</summary>
internal static class BadDayAnswer
{
    private const string Afterwards = "afterwards";

    private static readonly string[] Words = [" the", " answer", " naïve", " 流れる", " 👩‍💻", "\n\n", " “quoted”", " data: x"];

    /// <summary>A message that has a short answer, to see that a conversation goes on.</summary>
    public static string After(string message) => $"{message} {Afterwards}";

    public static string TextFor(string message) => string.Concat(Tokens(RandomFor(message)));

    public static Script ScriptFor(string message)
    {
        if (message.EndsWith(Afterwards, StringComparison.Ordinal))
            return Script.Answer(" It", " goes", " on.");
        var random = RandomFor(message);
        var tokens = Tokens(random);
        var (atOnce, pace) = (random.Next(1, 4), TimeSpan.FromMilliseconds(random.Next(5, 60)));
        var breaksAfter = random.Next(10) == 0 ? random.Next(1, tokens.Count) : tokens.Count;
        var script = tokens.Take(breaksAfter).Chunk(atOnce)
            .Aggregate(Script.Start(), (script, some) => script.Texts(some).Delay(pace));
        return breaksAfter < tokens.Count ? script.Cut() : script.Finish("stop").Usage(5, tokens.Count).Done();
    }

    private static List<string> Tokens(Random random) =>
        [
            .. Enumerable.Range(0, random.Next(20, 200))
            .Select(n => string.Create(CultureInfo.InvariantCulture, $"{Words[random.Next(Words.Length)]}{n}"))];

    private static Random RandomFor(string message) =>
        new(message.Aggregate(17, (hash, character) => unchecked((hash * 31) + character)));
}
