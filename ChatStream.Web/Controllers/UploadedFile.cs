using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ChatStream.Web.Controllers;

/// <summary>
/// The file of a form, read part by part. No more of it is held than a file may have. The framework's form would keep all parts.
/// </summary>
internal static class UploadedFile
{
    /// <summary>Bytes of a form besides its file.</summary>
    public const int FormBytes = 16 * 1024;

    private const int LongestBoundary = 100;
    private const int MostParts = 10;

    /// <returns>The name as it was sent, and the content.</returns>
    /// <exception cref="RefusedException">400, 408, 413 or 415.</exception>
    public static async Task<(string? Name, byte[] Content)> ReadAsync(HttpRequest request, int mostBytes)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new RefusedException(415, "Content-Type", "The body must be multipart/form-data, with a part named file.");
        UnreadableBody.RequireNoCoding(request);
        if (HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= LongestBoundary } boundary)
            throw new RefusedException(400, "Content-Type", "The form has no boundary.");
        try
        {
            var form = new MultipartReader(boundary.ToString(), request.Body);
            return await ReadAsync(form, mostBytes, request.HttpContext.RequestAborted);
        }
        catch (TooLargeBodyException)
        {
            throw FileRefusals.TooLarge(mostBytes);
        }
        catch (InvalidDataException)
        {
            throw new RefusedException(400, "body", "The form could not be read.", "form_unreadable");
        }
        catch (IOException fault)
        {
            throw UnreadableBody.Refuse(fault, request.HttpContext, FileRefusals.Field);
        }
    }

    private static async Task<(string? Name, byte[] Content)> ReadAsync(
        MultipartReader form, int mostBytes, CancellationToken cancellationToken)
    {
        (string?, byte[])? found = null;
        for (var count = 0; count < MostParts; count++)
        {
            if (await form.ReadNextSectionAsync(cancellationToken) is not { } part)
                break;
            if (part.GetContentDispositionHeader() is not { } header || !header.IsFileDisposition()
                || HeaderUtilities.RemoveQuotes(header.Name) != FileRefusals.Field)
                continue;
            // The first one alone would be stored, and its sender would take both for stored.
            if (found is not null)
                throw new RefusedException(400, FileRefusals.Field, "The form has several files. Send one at a time.");
            var name = HeaderUtilities.RemoveQuotes(header.FileNameStar.HasValue ? header.FileNameStar : header.FileName);
            found = (name.Value, await ContentAsync(part.Body, mostBytes, cancellationToken));
        }
        return found ?? throw FileRefusals.Missing();
    }

    private static async Task<byte[]> ContentAsync(Stream body, int mostBytes, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (content.Length + read > mostBytes)
                throw FileRefusals.TooLarge(mostBytes);
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }
}
