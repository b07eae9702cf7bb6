using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>The composer's form, as a browser without JavaScript sends it.</summary>
internal sealed record ChatForm
{
    public string? Message { get; init; }
    public string? ConversationId { get; init; }
    public string? Model { get; init; }
    public bool? Temporary { get; init; }
    public string? FolderId { get; init; }
    public OptionalText? Preset { get; init; }
    public OptionalText? Effort { get; init; }
    public OptionalText? Verbosity { get; init; }
    public OptionalText? SystemPrompt { get; init; }
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
            Temporary = form.ContainsKey("temporary") ? true : null,
            FolderId = NullIfEmpty(form["folderId"]),
            Preset = Choice(form, "preset"),
            Effort = Choice(form, "effort"),
            Verbosity = Choice(form, "verbosity"),
            SystemPrompt = Choice(form, "systemPrompt"),
            FormKey = NullIfEmpty(form["formKey"]),
        };
    }

    /// <summary>A field that the form does not have changes nothing. One that is empty clears.</summary>
    private static OptionalText? Choice(IFormCollection form, string name) =>
        form.TryGetValue(name, out var value) ? (OptionalText)NullIfEmpty(value.ToString().ReplaceLineEndings("\n")) : null;

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
