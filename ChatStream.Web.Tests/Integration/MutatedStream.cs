using System.Runtime.InteropServices;
using System.Text;
using ChatStream.Web.Tests.Providers.ChatCompletions;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The bytes of a model service's answer, damaged at random. The same seed gives the same bytes.</summary>
/// <param name="Bytes">What the service sends.</param>
/// <param name="WholeText">The answer's text, if the only damage is that the end is missing; null otherwise.</param>
internal sealed record MutatedStream(byte[] Bytes, string? WholeText)
{
    private static readonly (string Stream, string? Text)[] Streams =
    [
        (AzureStream.Text("\n"), null),
        (AzureStream.Text("\r\n"), null),
        (Plain("One ", "two ", "three ", "\\ud83d", "\\ude00", " end."), "One two three 😀 end."),
        ("""{"choices":[{"index":0,"message":{"role":"assistant","content":"A whole answer."},"finish_reason":"stop"}]}""",
            "A whole answer."),
        (Plain("<think>", "Because", ".</think>", "So."), "So."),
        ($"{Plain("A")[..^14]}error: {{\"code\":400,\"message\":\"too long\",\"type\":\"exceed_context_size_error\"}}\n\n", null),
        ("event: error\ndata: {\"message\":\"Overloaded\",\"type\":\"rate_limit_exceeded\"}\n\n", null),
        ("""{"error":{"message":"secret","type":"server_error","code":null}}""", null),
    ];

    private static readonly string[] Numbers = ["0", "-1", "1e999", "99999999999999999999999999", "1.5", "\"7\"", "null", "[]"];

    public static MutatedStream Of(int seed)
    {
        var random = new Random(seed);
        var (stream, text) = Streams[random.Next(Streams.Length)];
        var bytes = Encoding.UTF8.GetBytes(stream);
        if (random.Next(4) == 0)
            return new MutatedStream(bytes[..random.Next(bytes.Length)], text);
        for (var times = random.Next(1, 4); times > 0; times--)
            bytes = Mutate(bytes, random);
        return new MutatedStream(bytes, WholeText: null);
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        switch (random.Next(8))
        {
            case 0:
                return bytes[..at];
            case 1:
                if (at < bytes.Length)
                    bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                var noise = new byte[random.Next(1, 20)];
                random.NextBytes(noise);
                return [.. bytes[..at], .. noise, .. bytes[at..]];
            case 3:
                return Utf8(Events(bytes, events => events.Insert(random.Next(events.Count), events[random.Next(events.Count)])));
            case 4:
                return Utf8(Events(bytes, events => random.Shuffle(CollectionsMarshal.AsSpan(events))));
            case 5:
                return Utf8(Events(bytes, events => events.RemoveAt(random.Next(events.Count))));
            case 6:
                var number = Numbers[random.Next(Numbers.Length)];
                return Utf8(
                    Encoding.UTF8.GetString(bytes)
                    .Replace(random.Next(2) == 0 ? "12" : ":0", $":{number}", StringComparison.Ordinal));
            default:
                var deep = random.Next(1, 200);
                return [.. bytes[..at], .. Utf8(new string('[', deep)), .. bytes[at..]];
        }
    }

    private static string Plain(params IEnumerable<string> texts) =>
        string.Concat(texts.Select(AzureStream.Data)) + AzureStream.Finish() + AzureStream.Done;

    private static string Events(byte[] bytes, Action<List<string>> change)
    {
        var events = Encoding.UTF8.GetString(bytes).Split("\n\n").ToList();
        change(events);
        return string.Join("\n\n", events);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
