using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>
/// The composer's form, as a browser without JavaScript sends it. The action reads it itself: a form that cannot be read is
/// answered with the page, which binding of parameters could not do.
/// </summary>
internal sealed record ChatForm
{
    public string? Message { get; init; }
    public string? ConversationId { get; init; }
    public string? Model { get; init; }
    public string? FormKey { get; init; }

    /// <exception cref="RefusedException">400, 413 or 415.</exception>
    public static async Task<ChatForm> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType)
            throw new RefusedException(415, "Content-Type", "The body must be a form.");
        try
        {
            var form = await request.ReadFormAsync(cancellationToken);
            return new ChatForm
            {
                // Browsers send the line ends of a textarea as CRLF.
                Message = form["message"].ToString().ReplaceLineEndings("\n"),
                ConversationId = NullIfEmpty(form["conversationId"]),
                Model = NullIfEmpty(form["model"]),
                FormKey = NullIfEmpty(form["formKey"]),
            };
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new RefusedException(413, "message",
                $"The message is larger than {RequestLimits.Body} bytes.", "message_too_large", RequestLimits.Body);
        }
        catch (InvalidDataException)
        {
            throw new RefusedException(400, "body", "The form could not be read.", "form_unreadable");
        }
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
