using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

internal static class MarkdownExport
{
    /// <summary>Writes the path last shown as one Markdown document. An answer and its continuations are one answer.</summary>
    public static string Write(ShownConversation shown)
    {
        var markdown = new StringBuilder($"# {shown.Conversation.Title.ReplaceLineEndings(" ")}\n");
        Message? before = null;
        foreach (var message in shown.Path)
        {
            if (message.Role == MessageRole.User || before?.Role != MessageRole.Assistant)
                markdown.Append("\n## ").Append(message.Role == MessageRole.User ? "You" : message.Model).Append("\n\n");
            else
                markdown.Length--; // goes on where the one before ended
            markdown.Append(message.Text).Append('\n');
            before = message;
        }
        return markdown.ToString();
    }
}
