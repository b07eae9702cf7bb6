using System.Text;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

internal static class MarkdownExport
{
    /// <summary>Writes the path last shown as one Markdown document. An answer and its continuations are one answer.</summary>
    public static string Write(ConversationTree tree)
    {
        var byId = tree.Messages.ToDictionary(message => message.Id, StringComparer.Ordinal);
        var path = new List<MessageNode>();
        for (string? at = tree.LeafId; at is not null && byId.TryGetValue(at, out var message); at = message.ParentId)
            path.Add(message);
        path.Reverse();

        var markdown = new StringBuilder($"# {tree.Title.ReplaceLineEndings(" ")}\n");
        MessageNode? before = null;
        foreach (var message in path)
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
