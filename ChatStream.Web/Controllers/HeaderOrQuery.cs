using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Values that a client sends as a header, or in the query if it cannot set headers, as EventSource cannot. The header wins. An
/// empty value counts as absent.
/// </summary>
internal static class HeaderOrQuery
{
    public const string LastEventIdHeader = "Last-Event-ID";
    public const string LastEventIdParameter = "lastEventId";
    public const string IdempotencyKeyHeader = "Idempotency-Key";
    public const string IdempotencyKeyParameter = "idempotencyKey";

    /// <summary>The last frame that the client has. Null: it has none.</summary>
    /// <exception cref="RefusedException">400: this is not the id of a frame.</exception>
    public static FrameId? LastEventId(string? header, string? parameter)
    {
        if (!TryChoose(header, LastEventIdHeader, parameter, LastEventIdParameter, out var text, out var field))
            return null;
        return FrameId.TryParse(text, out var id)
            ? id
            : throw new RefusedException(400, field, "This is not the id of a frame: {generation}.{number}.");
    }

    /// <summary>The key by which a repeated start is recognised.</summary>
    /// <exception cref="RefusedException">400: the key is too long, or has other characters than visible ASCII.</exception>
    public static string? IdempotencyKey(string? header, string? parameter)
    {
        if (!TryChoose(header, IdempotencyKeyHeader, parameter, IdempotencyKeyParameter, out var key, out var field))
            return null;
        return key.Length <= RequestLimits.IdempotencyKey && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw new RefusedException(
                400, field, $"A key has at most {RequestLimits.IdempotencyKey} visible ASCII characters.");
    }

    private static bool TryChoose(
        string? header, string headerName, string? parameter, string parameterName, out string value, out string field)
    {
        (value, field) = header is { Length: > 0 } ? (header, headerName) : (parameter ?? "", parameterName);
        return value.Length > 0;
    }
}
