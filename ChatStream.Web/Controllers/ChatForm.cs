using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>The composer's form, as a browser without JavaScript sends it.</summary>
internal sealed record ChatForm
{
    public string? Message { get; init; }
    public string? ConversationId { get; init; }
    public string? Model { get; init; }
    public string? Effort { get; init; }
    public string? FormKey { get; init; }

    /// <exception cref="RefusedException">400, 408, 413 or 415.</exception>
    public static async Task<ChatForm> ReadAsync(HttpRequest request)
    {
        var form = await SentForm.ReadAsync(request, "message");
        return new ChatForm
        {
            // Browsers send the line ends of a textarea as CRLF.
            Message = form["message"].ToString().ReplaceLineEndings("\n"),
            ConversationId = NullIfEmpty(form["conversationId"]),
            Model = NullIfEmpty(form["model"]),
            Effort = NullIfEmpty(form["effort"]),
            FormKey = NullIfEmpty(form["formKey"]),
        };
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
