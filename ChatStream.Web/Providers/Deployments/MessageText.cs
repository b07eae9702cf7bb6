using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// A message as both interfaces take it, where it has no images: a role and a text, and the calls of tools with their results.
/// </summary>
internal static class MessageText
{
    public static string RoleOf(ChatMessage message, RequestForm form) =>
        message.Role == ChatRole.System ? form.InstructionsRole : message.Role.Value;

    /// <summary>
    /// The messages, with their instructions first. A model that knows no instructions gets them in the first message of the
    /// user, because its template wants the roles to alternate.
    /// </summary>
    public static IEnumerable<ChatMessage> WithInstructions(
        IEnumerable<ChatMessage> messages, string? instructions, RequestForm form)
    {
        var all = string.IsNullOrEmpty(instructions)
            ? messages : messages.Prepend(new ChatMessage(ChatRole.System, instructions));
        if (form.InstructionsRole != ChatRole.User.Value)
            return all;
        var given = all.TakeWhile(message => message.Role == ChatRole.System).Select(message => message.Text).ToList();
        return given.Count > 0 && all.Skip(given.Count).ToList() is [var first, .. var rest] && first.Role == ChatRole.User
            ? [new ChatMessage(ChatRole.User, [new TextContent(string.Join("\n\n", [.. given, ""])), .. first.Contents]), .. rest]
            : all;
    }

    /// <summary>The message's text. Calls and results are read apart.</summary>
    /// <exception cref="NotSupportedException">The message has content that cannot be sent.</exception>
    public static string Of(ChatMessage message)
    {
        if (message.Contents.FirstOrDefault(content => content
            is not (TextContent or TextReasoningContent or FunctionCallContent or FunctionResultContent)
            && !MessageImages.IsImage(content)) is { } other)
            throw new NotSupportedException($"Messages with {other.GetType().Name} cannot be sent yet.");
        return message.Text;
    }

    /// <summary>The reasoning that a message has as a text; empty: none.</summary>
    public static string ReasoningOf(ChatMessage message) =>
        string.Concat(message.Contents.OfType<TextReasoningContent>().Select(content => content.Text));

    /// <summary>The calls of tools that a message asks for.</summary>
    public static IEnumerable<FunctionCallContent> CallsOf(ChatMessage message) =>
        message.Contents.OfType<FunctionCallContent>();

    /// <summary>The results that a message has.</summary>
    public static IEnumerable<FunctionResultContent> ResultsOf(ChatMessage message) =>
        message.Contents.OfType<FunctionResultContent>();
}
