using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>A message as both interfaces take it: a role and a text.</summary>
internal static class MessageText
{
    public static string RoleOf(ChatMessage message, RequestForm form) =>
        message.Role == ChatRole.System ? form.InstructionsRole : message.Role.Value;

    /// <exception cref="NotSupportedException">The message has content other than text.</exception>
    public static string Of(ChatMessage message)
    {
        if (message.Contents.FirstOrDefault(content => content is not (TextContent or TextReasoningContent)) is { } other)
            throw new NotSupportedException($"Messages with {other.GetType().Name} cannot be sent yet.");
        return message.Text;
    }
}
