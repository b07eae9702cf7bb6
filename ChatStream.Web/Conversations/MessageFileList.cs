using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Reads which files the messages of a conversation have.</summary>
internal static class MessageFileList
{
    public static ILookup<string, FileEntry> None { get; } =
        Array.Empty<string>().ToLookup(id => id, id => new FileEntry(id, id, default, id, 0));

    /// <summary>The files of each message, by its id, in their order.</summary>
    /// <param name="db">As their owner sees it.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">The request's token.</param>
    public static async Task<ILookup<string, FileEntry>> ReadAsync(
        ChatDbContext db, string conversationId, CancellationToken cancellationToken)
    {
        var files = await db.MessageFiles.Where(sent => sent.ConversationId == conversationId)
            .OrderBy(sent => sent.MessageId).ThenBy(sent => sent.Number)
            .Join(db.Files, sent => sent.FileId, file => file.Id, (sent, file) => new { sent.MessageId, sent.Name, file })
            .ToListAsync(cancellationToken);
        return files.Count == 0 ? None : files.ToLookup(sent => sent.MessageId, sent => Entry(sent.file, sent.Name));
    }

    private static FileEntry Entry(StoredFile file, string name) =>
        new(file.Id, name, file.Kind, file.MediaType, file.Bytes)
        {
            Tokens = file.Kind == FileKind.Image ? null : file.Tokens,
            Width = file.Width,
            Height = file.Height,
        };
}
