using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Http.Extensions;

namespace ChatStream.Web.Controllers;

/// <summary>Reads what a request carries, and says which field is at fault where it carries it wrongly.</summary>
internal static class RequestReading
{
    public const int LargestBody = 1024 * 1024;
    private const int LongestRequestLine = 8 * 1024;
    private const int LongestKey = 200;

    /// <summary>Whom the request speaks for; the sign-in middleware has seen to it that there is somebody.</summary>
    public static Owner Owner(this HttpContext http) =>
        new(http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("The request has no identity."));

    /// <summary>The JSON body.</summary>
    /// <exception cref="RefusedException">400, 413 or 415.</exception>
    public static async Task<T> ReadJsonAsync<T>(
        this HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken, int largest = LargestBody) where T : class
    {
        if (!request.HasJsonContentType())
            throw new RefusedException(415, "Content-Type", "The body must be application/json.");
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, cancellationToken)
                ?? throw new RefusedException(400, "body", "The body must be a JSON object.");
        }
        catch (JsonException fault)
        {
            // Its syntax is at fault where the reader says so, and the member that the path ends with where it does not.
            if (fault.InnerException is JsonException || fault.Path is not { Length: > 2 } path)
                throw new RefusedException(400, "body", $"The body is not a JSON object of the expected form (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}).");
            throw new RefusedException(400, path[2..], $"'{path[2..]}' is not a member that is known here, or its value is not of the right kind.");
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new RefusedException(413, "body", $"The body is larger than {largest} bytes.", "message_too_large", largest);
        }
    }

    /// <exception cref="RefusedException">414.</exception>
    public static void RequireShortLine(this HttpRequest request)
    {
        // "GET " + target + " HTTP/1.1"
        if (request.Method.Length + request.GetEncodedPathAndQuery().Length + 10 > LongestRequestLine)
            throw new RefusedException(414, "message", $"The request line is longer than {LongestRequestLine} bytes: POST the message instead.");
    }

    /// <summary>The frame after which to go on: the header wins over the parameter.</summary>
    /// <exception cref="RefusedException">400.</exception>
    public static FrameId? LastEventId(this HttpRequest request)
    {
        var (text, field) = (request.Headers["Last-Event-ID"].ToString(), "Last-Event-ID");
        if (text.Length == 0)
            (text, field) = (request.Query["lastEventId"].ToString(), "lastEventId");
        if (text.Length == 0)
            return null;
        return FrameId.TryParse(text, out var id)
            ? id
            : throw new RefusedException(400, field, "This is not the id of a frame: {generation}.{number}.");
    }

    /// <summary>The key that makes a repeated start known again: the header wins over the parameter.</summary>
    /// <exception cref="RefusedException">400.</exception>
    public static string? IdempotencyKey(this HttpRequest request)
    {
        var (key, field) = (request.Headers["Idempotency-Key"].ToString(), "Idempotency-Key");
        if (key.Length == 0)
            (key, field) = (request.Query["idempotencyKey"].ToString(), "idempotencyKey");
        if (key.Length == 0)
            return null;
        return key.Length <= LongestKey && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw new RefusedException(400, field, $"A key has at most {LongestKey} visible ASCII characters.");
    }

    /// <summary>The parameter's value; null where it is absent.</summary>
    public static string? Parameter(this HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var value) ? value.ToString() : null;
}
