using System.Net;
using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers;

/// <summary>
/// Knows which new identities went to one browser. A page that opens several streams at once, before it has a cookie, is given an
/// identity with each response. Its browser keeps the cookie that came last, and with that reconnects all of its streams.
/// </summary>
/// <remarks>
/// The rule only lets a reader go on that has a frame's id. That id has 96 random bits, and only the first reader was sent it.
/// So a stranger behind the same address, with the same browser, gains nothing.
/// </remarks>
internal sealed class Newcomers(TimeProvider time)
{
    /// <summary>The longest time between two first requests that were sent at once.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);

    /// <summary>How long an identity counts as new. Longer than the frames of a usual answer are in memory.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(30);

    private const int MostKept = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Owner, Arrival> _arrivals = [];
    private readonly Queue<Owner> _oldest = new();

    /// <summary>Notes an identity that is given to a browser now.</summary>
    public void Add(Owner owner, IPAddress? address, string userAgent)
    {
        var arrival = new Arrival(
            Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{address} {userAgent}"))), time.GetTimestamp());
        lock (_gate)
        {
            while (_oldest.TryPeek(out var oldest)
                && (_oldest.Count >= MostKept || time.GetElapsedTime(_arrivals[oldest].At) > KeptFor))
                _arrivals.Remove(_oldest.Dequeue());
            _arrivals.Add(owner, arrival);
            _oldest.Enqueue(owner);
        }
    }

    /// <summary>Whether two identities were given at once, to one address and one kind of browser, and are still new.</summary>
    public bool AreOneBrowser(Owner one, Owner other)
    {
        lock (_gate)
        {
            return _arrivals.TryGetValue(one, out var first) && _arrivals.TryGetValue(other, out var second)
                && first.Browser == second.Browser
                && time.GetElapsedTime(first.At, second.At).Duration() <= AtOnce
                && time.GetElapsedTime(first.At) <= KeptFor && time.GetElapsedTime(second.At) <= KeptFor;
        }
    }

    /// <param name="Browser">A hash of the address and the browser's own name.</param>
    /// <param name="At">A time stamp.</param>
    private sealed record Arrival(string Browser, long At);
}
