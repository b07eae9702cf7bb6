using System.Buffers.Text;
using System.Text;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>
/// Cuts the first connections of some answers at random bytes, three in ten before frame 0 is whole, half with FIN and half
/// with RST. The same seed gives the same bytes.
/// </summary>
/// <param name="seed">Decides the bytes.</param>
/// <param name="most">Connections of one answer that are cut. Later ones pass.</param>
/// <param name="answers">All answers of the run.</param>
internal sealed class RandomCuts(int seed, int most, IEnumerable<NumberedAnswer> answers)
{
    private const int Head = 600; // and frame 0, about

    private readonly Dictionary<string, NumberedAnswer> _answers = answers.ToDictionary(answer => answer.Path.Split('&')[0]);
    private readonly Dictionary<int, int> _connections = [];

    public Fault Choose(Exchange exchange)
    {
        if (AnswerOf(exchange) is not { IsCut: true } answer)
            return Fault.None;
        lock (_connections)
        {
            var connection = _connections[answer.Number] = _connections.GetValueOrDefault(answer.Number) + 1;
            if (connection > most)
                return Fault.None;
            var random = new Random(unchecked((((seed * 397) + answer.Number) * 397) + connection));
            var after = random.Next(10) switch
            {
                0 => 0, // nothing arrives
                1 or 2 => random.Next(1, Head),
                _ => random.Next(1_700, 6_000),
            };
            return new Fault(after, Reset: random.Next(2) == 0);
        }
    }

    public NumberedAnswer? AnswerOf(Exchange exchange) =>
        _answers.GetValueOrDefault(exchange.RequestLine.Split(' ')[1].Split('&')[0]);

    /// <summary>
    /// The id of the frame in which the response was cut, if its <c>id</c> line arrived and the blank line after the frame did
    /// not. Some clients take this frame for received.
    /// </summary>
    public static string? HalfReceived(Exchange exchange)
    {
        var body = Encoding.UTF8.GetString(BodyOf(exchange.Response));
        var frames = body.Split("\n\n");
        return frames[^1].Split('\n')[..^1].LastOrDefault(line => line.StartsWith("id: ", StringComparison.Ordinal))?[4..];
    }

    // What arrived of a chunked body.
    private static byte[] BodyOf(ReadOnlySpan<byte> response)
    {
        var body = new List<byte>();
        var head = response.IndexOf("\r\n\r\n"u8);
        var rest = head < 0 ? [] : response[(head + 4)..];
        while (rest.IndexOf("\r\n"u8) is > 0 and var line
            && Utf8Parser.TryParse(rest[..line], out int size, out _, 'x') && size > 0)
        {
            rest = rest[(line + 2)..];
            body.AddRange(rest[..Math.Min(size, rest.Length)]);
            rest = rest[Math.Min(size + 2, rest.Length)..];
        }
        return [.. body];
    }
}
