using System.Globalization;
using System.Text;

namespace ChatStream.Web.Tests.Integration.Hostile;

/// <summary>One hostile request. The seed alone decides its bytes, so a seed that finds a fault repeats it.</summary>
/// <param name="seed">Which one. Seeds that follow each other ask for routes that follow each other, so none is left out.</param>
/// <param name="host">The app's, as a client names it.</param>
/// <param name="routes">The app's.</param>
/// <param name="users">Each request is one user's, whose ids it names.</param>
internal sealed class FuzzedRequest(
    int seed, string host, IReadOnlyList<FuzzedRoute> routes, IReadOnlyList<FuzzedUser> users)
{
    // The same on every platform and in every version: it has a seed.
#pragma warning disable CA5394
    private readonly Random _random = new(seed);
    private readonly FuzzedRoute _route = routes[seed % routes.Count];
    private FuzzedUser _user = users[0];

    public byte[] Make()
    {
        _user = One(users);
        var method = Rarely(15) ? One(HostileWords.OddMethods) : Rarely(3) ? One(HostileWords.Methods) : _route.Method;
        var hasBody = method is "POST" or "PUT" or "PATCH" || Rarely(10);
        byte[] body = hasBody ? Encoding.UTF8.GetBytes(WithId(One(HostileWords.Bodies))) : [];
        var head = new StringBuilder();
        head.Append(method).Append(' ').Append(Target()).Append(' ')
            .Append(Rarely(20) ? One(HostileWords.OddVersions) : "HTTP/1.1").Append("\r\n");
        if (!Rarely(30))
            head.Append("Host: ").Append(host).Append("\r\n");
        head.Append("Connection: close\r\n");
        if (!Rarely(4))
            head.Append(_user.Identity).Append("\r\n");
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
        var target = new StringBuilder(WithId(_route.Path));
        if (Rarely(30))
            target.Insert(0, $"http://{host}");
        for (var (count, sign) = (Rarely(40) ? 2000 : _random.Next(4), '?'); count > 0; count--, sign = '&')
        {
            var name = One(Rarely(2) ? _route.Parameters : HostileWords.Parameters);
            target.Append(sign).Append(name).Append('=').Append(WithId(One(HostileWords.Values)));
        }
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
            text = $"{text[..at]}{(Rarely(2) ? One(_user.Ids) : One(HostileWords.Ids))}{text[(at + 4)..]}";
        return text;
    }

    private T One<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];

    private bool Rarely(int oneIn) => _random.Next(oneIn) == 0;
#pragma warning restore CA5394
}

/// <summary>A route of the app.</summary>
/// <param name="Method">Its own. A third of its requests have another one.</param>
/// <param name="Path">With <c>{id}</c> for each id.</param>
/// <param name="Parameters">Those of its query, and one that no route has.</param>
internal sealed record FuzzedRoute(string Method, string Path, IReadOnlyList<string> Parameters);

/// <summary>A user of the app.</summary>
/// <param name="Identity">The header that says who it is.</param>
/// <param name="Ids">Of its conversation, messages, folder, prompt, file and share.</param>
internal sealed record FuzzedUser(string Identity, IReadOnlyList<string> Ids);
