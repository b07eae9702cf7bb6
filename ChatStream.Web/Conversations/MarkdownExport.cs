using System.Text;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

internal static class MarkdownExport
{
    /// <summary>Writes the path last shown as one Markdown document. An answer and its continuations are one answer.</summary>
    public static string Write(ShownConversation shown)
    {
        var markdown = new StringBuilder($"# {shown.Conversation.Title.ReplaceLineEndings(" ")}\n");
        foreach (var turn in shown.Turns)
        {
            markdown.Append("\n## ").Append(turn[0].Role == MessageRole.User ? "You" : turn[0].Model).Append("\n\n");
            markdown.AppendJoin("", turn.Select(message => message.Text)).Append('\n');
        }
        return markdown.ToString();
    }
}
