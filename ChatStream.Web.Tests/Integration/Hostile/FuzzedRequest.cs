using System.Globalization;
using System.Text;

namespace ChatStream.Web.Tests.Integration.Hostile;

/// <summary>One hostile request. The seed alone decides its bytes, so a seed that finds a fault repeats it.</summary>
/// <param name="seed">Which one.</param>
/// <param name="host">The app's, as a client names it.</param>
/// <param name="cookie">A user's, who has a conversation.</param>
/// <param name="ids">Of that conversation and its messages.</param>
internal sealed class FuzzedRequest(int seed, string host, string cookie, IReadOnlyList<string> ids)
{
    // The same on every platform and in every version: it has a seed.
#pragma warning disable CA5394
    private readonly Random _random = new(seed);

    public byte[] Make()
    {
        var method = One(Rarely(15) ? HostileWords.OddMethods : HostileWords.Methods);
        var hasBody = method is "POST" or "PUT" or "PATCH" || Rarely(10);
        byte[] body = hasBody ? Encoding.UTF8.GetBytes(WithId(One(HostileWords.Bodies))) : [];
        var head = new StringBuilder();
        head.Append(method).Append(' ').Append(Target()).Append(' ')
            .Append(Rarely(20) ? One(HostileWords.OddVersions) : "HTTP/1.1").Append("\r\n");
        if (!Rarely(30))
            head.Append("Host: ").Append(host).Append("\r\n");
        head.Append("Connection: close\r\n");
        if (!Rarely(4))
            head.Append("Cookie: ").Append(cookie).Append("\r\n");
        if (hasBody && !Rarely(8))
            head.Append("Content-Type: ").Append(One(HostileWords.Types)).Append("\r\n");
        if (hasBody && !Rarely(12))
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + (Rarely(20) ? 7 : 0)}\r\n");
        for (var more = Rarely(50) ? 150 : _random.Next(4); more > 0; more--)
            head.Append(WithId(One(HostileWords.Headers))).Append(Rarely(60) ? "\n" : "\r\n");
        head.Append("\r\n");
        byte[] request = [.. Encoding.Latin1.GetBytes(head.ToString()), .. body];
        return Rarely(6) ? Damaged(request) : request;
    }

    /// <summary>A few bytes changed, left out or doubled, or the end missing.</summary>
    private byte[] Damaged(byte[] request)
    {
        var damaged = request.ToList();
        for (var times = 1 + _random.Next(4); times > 0 && damaged.Count > 1; times--)
        {
            // Mostly in the first lines: what is there decides most.
            var at = _random.Next(Rarely(2) ? damaged.Count : Math.Min(damaged.Count, 200));
            switch (_random.Next(6))
            {
                case 0: damaged[at] = (byte)_random.Next(256); break;
                case 1: damaged.RemoveAt(at); break;
                case 2: damaged.InsertRange(at, damaged.Skip(at).Take(_random.Next(64)).ToList()); break;
                case 3: damaged.Insert(at, (byte)"\0\r\n\t %\"\u00ff"[_random.Next(8)]); break;
                case 4: damaged.RemoveRange(at, damaged.Count - at); break;
                default: damaged.Reverse(at, Math.Min(8, damaged.Count - at)); break;
            }
        }
        return [.. damaged];
    }

    private string Target()
    {
        var target = new StringBuilder(WithId(One(HostileWords.Paths)));
        if (Rarely(30))
            target.Insert(0, $"http://{host}");
        for (var (count, sign) = (Rarely(40) ? 2000 : _random.Next(4), '?'); count > 0; count--, sign = '&')
            target.Append(sign).Append(One(HostileWords.Parameters)).Append('=').Append(WithId(One(HostileWords.Values)));
        // The web server itself refuses what is not written as an address.
        return Rarely(15) ? target.ToString() : string.Concat(target.ToString().Select(AsInAddresses));
    }

    private static string AsInAddresses(char c) =>
        c is > ' ' and < '\u007f' and not ('"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}')
            ? c.ToString()
            : string.Concat(Encoding.UTF8.GetBytes([c]).Select(value => $"%{value:X2}"));

    /// <summary>Half of the ids exist.</summary>
    private string WithId(string text)
    {
        while (text.IndexOf("{id}", StringComparison.Ordinal) is >= 0 and var at)
            text = $"{text[..at]}{(Rarely(2) ? One(ids) : One(HostileWords.Ids))}{text[(at + 4)..]}";
        return text;
    }

    private T One<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];

    private bool Rarely(int oneIn) => _random.Next(oneIn) == 0;
#pragma warning restore CA5394
}
