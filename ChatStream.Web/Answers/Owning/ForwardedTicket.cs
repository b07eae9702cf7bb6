using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Owning;

/// <summary>
/// Lets instances send one another requests in the name of a user. Each request carries a ticket: who asks, which instance is
/// meant, for which request, and when, signed with a secret that only the instances know.
/// </summary>
internal sealed class ForwardedTicket(Cluster cluster, Instance instance, IOptions<ClusterOptions> options, TimeProvider time)
{
    public const string Header = "ChatStream-Forwarded";

    /// <summary>How long a ticket is good for. The clocks of two hosts may differ by some of it.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The ticket of a request; null: the request does not come from an instance. An empty header is no ticket. All that treats
    /// forwarded requests in another way asks here: a request is not forwarded to one of them and ordinary to the next.
    /// </summary>
    public static string? Of(HttpRequest request) =>
        request.Headers[Header].ToString() is { Length: > 0 } ticket ? ticket : null;

    /// <summary>Writes the header's value.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="instanceId">The instance that is meant. One that began later at the same address does not take it.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="target">The request's path, with its base, and its query.</param>
    public string Write(Caller caller, string instanceId, string method, string target)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(new Ticket(
            instanceId, instance.Id, caller.Owner.Id, caller.Address, caller.IsNew, caller.IsPage, Digest(method, target),
            time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            Name = caller.Name,
            IsAdmin = caller.Rights.IsAdmin,
            Groups = caller.Rights.Groups.Count > 0 ? [.. caller.Rights.Groups] : null,
        });
        return $"{Base64Url.EncodeToString(content)}.{Base64Url.EncodeToString(Sign(content))}";
    }

    /// <summary>Reads the header's value.</summary>
    /// <param name="header">What came.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="target">The request's path, with its base, and its query.</param>
    /// <param name="isMisdirected">
    /// An instance has written it, for another one that had this address before, or its clock is too far from this one's.
    /// </param>
    /// <returns>Who asks; null: no instance has written it for this request and this instance.</returns>
    public Caller? Read(string header, string method, string target, out bool isMisdirected)
    {
        isMisdirected = false;
        var dot = header.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !TryDecode(header.AsSpan(0, dot), out var content) || !TryDecode(header.AsSpan(dot + 1), out var signature)
            || !CryptographicOperations.FixedTimeEquals(Sign(content), signature))
            return null;
        var ticket = JsonSerializer.Deserialize<Ticket>(content)!;
        var age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(ticket.At);
        if (ticket.Request != Digest(method, target))
            return null;
        isMisdirected = ticket.To != instance.Id || age.Duration() > GoodFor;
        return !isMisdirected
            ? new Caller(new Owner(ticket.Owner), ticket.Address)
            {
                IsNew = ticket.IsNew,
                IsPage = ticket.IsPage,
                Name = ticket.Name,
                Rights = ticket.IsAdmin || ticket.Groups is not null ? new(ticket.IsAdmin, ticket.Groups ?? []) : Rights.None,
            }
            : null;
    }

    private byte[] Sign(byte[] content) => HMACSHA256.HashData(
        options.Value.Secret is { Length: > 0 } secret ? Encoding.UTF8.GetBytes(secret) : cluster.Secret, content);

    private static string Digest(string method, string target) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{method} {target}")));

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : [];
        return bytes.Length > 0;
    }

    private sealed record Ticket(
        string To, string From, string Owner, string Address, bool IsNew, bool IsPage, string Request, long At)
    {
        // Members of their own: an instance of an earlier version writes none.
        public string? Name { get; init; }
        public bool IsAdmin { get; init; }
        public string[]? Groups { get; init; }
    }
}
