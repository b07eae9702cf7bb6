using System.Security.Cryptography;
using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Starting;

/// <summary>How a repeated start is recognised: by the client's <c>Idempotency-Key</c>, or by the request itself.</summary>
public sealed record RepeatKey
{
    /// <summary>The longest that any key is kept.</summary>
    public static readonly TimeSpan LongestKept = TimeSpan.FromHours(24);

    private RepeatKey(string key, byte[] bodyHash, TimeSpan keptFor, string? header) =>
        (Key, BodyHash, KeptFor, Header) = (key, bodyHash, keptFor, header);

    public string Key { get; }

    /// <summary>SHA-256 of what was asked for.</summary>
    public byte[] BodyHash { get; }

    public TimeSpan KeptFor { get; }

    /// <summary>The name of the header that carried the key, for errors; null where the request itself is the key.</summary>
    public string? Header { get; }

    /// <summary>
    /// The request has no key. Only its exact repeat counts, within a minute, from a client that did not read to the end.
    /// </summary>
    public bool IsIdenticalRequest => Header is null;

    public static RepeatKey Of(string idempotencyKey, StartRequest body) =>
        new(idempotencyKey, Hash(body), LongestKept, "Idempotency-Key");

    public static RepeatKey OfIdentical(StartRequest body)
    {
        var hash = Hash(body);
        // A client's key is visible ASCII, so one with a space in it is never a client's.
        return new($"GET {Convert.ToHexString(hash)}", hash, TimeSpan.FromSeconds(60), header: null);
    }

    private static byte[] Hash(StartRequest body) =>
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Wire.StartRequest));
}
