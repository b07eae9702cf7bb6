using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Mvc.Formatters;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Reads <c>[FromBody]</c> parameters as the contract's JSON. A body that cannot be read is refused with a problem that names the
/// member. The exception passes through model binding and is answered by <see cref="RefusalFilterAttribute"/>.
/// </summary>
internal sealed class WireInputFormatter : IInputFormatter
{
    public bool CanRead(InputFormatterContext context) => WireJson.Wire.GetTypeInfo(context.ModelType) is not null;

    /// <exception cref="RefusedException">400, 408, 413 or 415.</exception>
    public async Task<InputFormatterResult> ReadAsync(InputFormatterContext context)
    {
        var type = WireJson.Wire.GetTypeInfo(context.ModelType)!;
        // A repeat of a start may have to be forwarded to the instance that runs its answer.
        if (context.HttpContext.RequestServices.GetRequiredService<IInstances>().AreMany)
            context.HttpContext.Request.EnableBuffering();
        var value = await ReadAsync(context.HttpContext, http =>
            JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted).AsTask());
        return InputFormatterResult.Success(value
            ?? throw new RefusedException(400, "body", "The body must be a JSON object."));
    }

    /// <summary>Reads a body of JSON in the caller's way, and refuses one that cannot be read.</summary>
    /// <exception cref="RefusedException">400, 413 or 415.</exception>
    /// <param name="http">The request.</param>
    /// <param name="read">Reads the body.</param>
    /// <param name="others">Media types that are taken too.</param>
    public static async Task<T> ReadAsync<T>(
        HttpContext http, Func<HttpContext, Task<T>> read, params IReadOnlyList<string> others)
    {
        var type = http.Request.ContentType?.Split(';')[0].Trim();
        if (!http.Request.HasJsonContentType() && !others.Contains(type, StringComparer.OrdinalIgnoreCase))
            throw new RefusedException(415, "Content-Type", "The body must be application/json.");
        UnreadableBody.RequireNoCoding(http.Request);
        try
        {
            return await read(http);
        }
        catch (JsonException fault)
        {
            throw ToRefusal(fault);
        }
        catch (IOException fault)
        {
            throw UnreadableBody.Refuse(fault, http);
        }
    }

    /// <summary>
    /// An error of syntax has an inner exception, or no path. Any other concerns the member at the end of the path.
    /// </summary>
    private static RefusedException ToRefusal(JsonException fault)
    {
        if (fault.InnerException is JsonException || fault.Path is not { Length: > 2 } path)
            return new RefusedException(400, "body", "The body is not a JSON object of the expected form "
                + $"(line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}).");
        var member = path["$.".Length..];
        // The serializer has no other word for it.
        if (fault.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
            return new RefusedException(400, member, $"'{member}' is given more than once.");
        return new RefusedException(
            400, member, $"'{member}' is not a member that is known here, or its value is not of the right kind.");
    }
}
