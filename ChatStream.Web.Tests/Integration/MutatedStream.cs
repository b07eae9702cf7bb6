using System.Runtime.InteropServices;
using System.Text;
using ChatStream.Emulator;
using ChatStream.Web.Providers;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The bytes of a model service's answer, damaged at random. The same seed gives the same bytes.</summary>
/// <param name="Bytes">What the service sends.</param>
/// <param name="IsBroken">Whether the connection then breaks, instead of ending.</param>
/// <param name="WholeText">The answer's text; null: the damage may have changed it.</param>
/// <param name="IsRepeated">Whether pieces of the text may come more than once.</param>
internal sealed record MutatedStream(byte[] Bytes, bool IsBroken, string? WholeText, bool IsRepeated)
{
    private const string Piece = "\"delta\":{\"content\"";

    private static readonly string[] Numbers =
    [
        "0", "-1", "1e999", "99999999999999999999999999", new('9', 400), "1.5", "\"7\"", "null", "[]",
    ];

    /// <summary>What happens to the text of an answer.</summary>
    private enum Damage
    {
        /// <summary>It is whole.</summary>
        None,

        /// <summary>Pieces of it may come again.</summary>
        Repeated,

        /// <summary>Anything.</summary>
        Any,
    }

    public Script Script
    {
        get
        {
            var script = Script.HeadersOnly().Bytes(Bytes);
            return IsBroken ? script.Cut() : script;
        }
    }

    public static MutatedStream Of(int seed, ModelApi api)
    {
        var random = new Random(seed);
        var streams = UndamagedStreams.Of(api);
        var (stream, text) = streams[random.Next(streams.Count)];
        var bytes = Encoding.UTF8.GetBytes(stream);
        if (random.Next(4) == 0)
            return new MutatedStream(bytes[..random.Next(bytes.Length)], IsBroken: random.Next(2) == 0, text, IsRepeated: false);
        var worst = Damage.None;
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            (bytes, var damage) = Mutate(bytes, random);
            worst = damage > worst ? damage : worst;
        }
        if (EndsBeforeItsText(Encoding.UTF8.GetString(bytes), stream))
            worst = Damage.Any;
        return new MutatedStream(
            bytes, IsBroken: random.Next(8) == 0, worst == Damage.Any ? null : text, IsRepeated: worst == Damage.Repeated);
    }

    /// <summary>Whether the text that was shown has all of the answer's text.</summary>
    public bool Has(string shown) => WholeText is not { } whole
        // A repeated event may have come between the two halves of a surrogate pair.
        || (IsRepeated ? IsInOrder(whole.Where(c => !char.IsSurrogate(c)), shown) : whole == shown);

    // What came again before the text, and cannot be told from the real end: finish reason and end of chat completions, which
    // have no numbers, or the end of a response without its output, where the rest was cut off.
    private static bool EndsBeforeItsText(string stream, string undamaged)
    {
        var end = stream.IndexOf("[DONE]", StringComparison.Ordinal);
        var reason = stream.IndexOf("\"finish_reason\":\"", StringComparison.Ordinal);
        return (reason >= 0 && reason < end && (stream.LastIndexOf(Piece, StringComparison.Ordinal) > end
                || stream.Split(Piece).Length < undamaged.Split(Piece).Length))
            || (stream.Contains("response.completed\"", StringComparison.Ordinal)
                && !stream.Contains("\"output\":[{", StringComparison.Ordinal) && Deltas(stream) < Deltas(undamaged));
    }

    private static int Deltas(string stream) => stream.Split("\"response.output_text.delta\"").Length;

    private static (byte[] Bytes, Damage Damage) Mutate(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        switch (random.Next(8))
        {
            case 0:
                return (bytes[..at], Damage.None);
            case 1:
                if (at < bytes.Length)
                    bytes[at] ^= (byte)(1 << random.Next(8));
                return (bytes, Damage.Any);
            case 2:
                var noise = new byte[random.Next(1, 20)];
                random.NextBytes(noise);
                return ([.. bytes[..at], .. noise, .. bytes[at..]], Damage.Any);
            case 3:
                return (
                    Events(bytes, events => events.Insert(random.Next(events.Count), events[random.Next(events.Count)])),
                    Damage.Repeated);
            case 4:
                return (Events(bytes, events => random.Shuffle(CollectionsMarshal.AsSpan(events))), Damage.Any);
            case 5:
                return (Events(bytes, events => events.RemoveAt(random.Next(events.Count))), Damage.Any);
            case 6:
                var number = $":{Numbers[random.Next(Numbers.Length)]}";
                var written = random.Next(2) == 0 ? ":12" : ":0";
                return (Utf8(Encoding.UTF8.GetString(bytes).Replace(written, number, StringComparison.Ordinal)), Damage.None);
            default:
                var deep = random.Next(1, 200);
                return ([.. bytes[..at], .. Utf8(new string('[', deep)), .. bytes[at..]], Damage.Any);
        }
    }

    private static byte[] Events(byte[] bytes, Action<List<string>> change)
    {
        var events = Encoding.UTF8.GetString(bytes).Split("\n\n").ToList();
        change(events);
        return Utf8(string.Join("\n\n", events));
    }

    private static bool IsInOrder(IEnumerable<char> characters, string text)
    {
        var at = -1;
        foreach (var character in characters)
        {
            at = text.IndexOf(character, at + 1);
            if (at < 0)
                return false;
        }
        return true;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
