using System.Text.Json;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>Whose export a conversation is.</summary>
internal enum ExportKind
{
    Unknown,
    Own,
    ChatGpt,
    LibreChat,
    OpenWebUi,
}

/// <summary>Tells exports apart by what they contain, and reads those of other programs.</summary>
internal static class ForeignExports
{
    /// <summary>A tree of LibreChat has two levels for each message.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 4_096 };

    public static ExportKind KindOf(IReadOnlySet<string> members) =>
        members.Contains("leafId") ? ExportKind.Own
        : members.Contains("mapping") ? ExportKind.ChatGpt
        : members.Contains("messagesTree") || (members.Contains("conversationId") && members.Contains("messages"))
            ? ExportKind.LibreChat
        : members.Contains("chat") || members.Contains("history") ? ExportKind.OpenWebUi
        : ExportKind.Unknown;

    /// <exception cref="JsonException">It is not JSON, or nested too deeply, or a name is not Unicode.</exception>
    public static ForeignConversation Read(
        ExportKind kind, ReadOnlyMemory<byte> json, ImportRemarks remarks, DateTimeOffset now, ZippedExport? archive = null)
    {
        using var document = JsonDocument.Parse(json, Deep);
        var root = document.RootElement;
        try
        {
            return kind switch
            {
                ExportKind.ChatGpt => ChatGptExport.Read(root, remarks, now, archive),
                ExportKind.LibreChat => LibreChatExport.Read(root, remarks, now),
                _ => OpenWebUiExport.Read(root, remarks, now),
            };
        }
        catch (InvalidOperationException fault)
        {
            throw new JsonException("A name is not Unicode.", fault);
        }
    }
}
