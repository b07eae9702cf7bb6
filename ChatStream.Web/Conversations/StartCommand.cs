using System.Security.Cryptography;
using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>A start as the store needs it.</summary>
/// <param name="Request">What the client asked for.</param>
/// <param name="Model">The model that will answer, by its name in the catalogue.</param>
/// <param name="GenerationId">The new answer's id, should one be stored.</param>
/// <param name="Key">Under what a repeat is known again; null: never.</param>
internal sealed record StartCommand(StartRequest Request, string Model, string GenerationId, RepeatKey? Key);

/// <summary>How a repeated start is recognised.</summary>
internal sealed record RepeatKey
{
    private RepeatKey(string key, byte[] bodyHash, TimeSpan keptFor, string? header) =>
        (Key, BodyHash, KeptFor, Header) = (key, bodyHash, keptFor, header);

    public string Key { get; }
    public byte[] BodyHash { get; }
    public TimeSpan KeptFor { get; }

    /// <summary>The name of what carried the key, for errors; null where the request itself is the key.</summary>
    public string? Header { get; }

    /// <summary>A request without id or key: only its exact repeat, soon, by a client that never got a frame.</summary>
    public bool IsIdenticalRequest => Header is null;

    public static RepeatKey Of(string idempotencyKey, StartRequest body) =>
        new(idempotencyKey, Hash(body), TimeSpan.FromHours(24), "Idempotency-Key");

    public static RepeatKey OfIdentical(StartRequest body)
    {
        var hash = Hash(body);
        // A client's key is visible ASCII, so one with a space in it is never a client's.
        return new($"GET {Convert.ToHexString(hash)}", hash, TimeSpan.FromSeconds(60), header: null);
    }

    private static byte[] Hash(StartRequest body) =>
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Wire.StartRequest));
}

/// <summary>What a start led to.</summary>
/// <param name="GenerationId">The generation to attach to.</param>
/// <param name="New">What was stored; null where the start was a repeat.</param>
internal sealed record StartOutcome(string GenerationId, StartPayload? New);
