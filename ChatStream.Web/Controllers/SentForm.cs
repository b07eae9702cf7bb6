using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>The form of a request. Actions read it themselves: MVC would leave all parameters unset if it is malformed.</summary>
internal static class SentForm
{
    /// <param name="request">A request with a form as its body.</param>
    /// <param name="field">The field to name if the form is too large.</param>
    /// <exception cref="RefusedException">400, 408, 413 or 415.</exception>
    public static async Task<IFormCollection> ReadAsync(HttpRequest request, string field = "body")
    {
        if (!request.HasFormContentType)
            throw new RefusedException(415, "Content-Type", "The body must be a form.");
        UnreadableBody.RequireNoCoding(request);
        try
        {
            // Read whole first: the reader of forms leaves a reading open if the connection is lost, and Kestrel logs a fault.
            await request.SpoolAsync(request.HttpContext.RequestAborted);
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            // One in a URL's coding with NUL is refused by its reader. PostgreSQL takes none as a parameter.
            return form.Any(named => named.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true))
                ? throw new InvalidDataException() : form;
        }
        catch (IOException fault) when (fault is BadHttpRequestException or TooLargeBodyException)
        {
            throw UnreadableBody.Refuse(fault, request.HttpContext, field);
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            throw new RefusedException(400, "body", "The form could not be read.", "form_unreadable");
        }
    }
}
