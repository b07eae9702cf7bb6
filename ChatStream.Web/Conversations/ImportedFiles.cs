using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>The files of an import: which have a content, and what they are called here once they are stored.</summary>
internal sealed class ImportedFiles
{
    private const int MostOfMessage = 50;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImportedFile> _stored = new(StringComparer.Ordinal);
    private int _contents;

    /// <summary>Whether one of them has a content.</summary>
    public bool HasContent => _contents > 0;

    /// <summary>Checks a file of the import.</summary>
    /// <exception cref="RefusedException">400, naming the member at fault.</exception>
    public void Check(FileNode? file)
    {
        var at = $"files[{_seen.Count}]";
        if (file is null)
            throw new RefusedException(400, at, "A file must be an object.");
        if (_seen.Count == FileNode.Most)
            throw new RefusedException(400, "files", $"A conversation has at most {FileNode.Most} files.");
        if (!_seen.Add(file.Id))
            throw new RefusedException(400, $"{at}.id", "Another file has this id already.");
        _contents += file.Data is null ? 0 : 1;
    }

    /// <summary>Checks which files a message has.</summary>
    /// <exception cref="RefusedException">400, naming the member at fault.</exception>
    public static void Check(MessageNode node, string at)
    {
        if (node.Files is not { } files)
            return;
        if (node.Role == MessageRole.Assistant && files.Any(file => !IsOfCall(node, file?.Id)))
            throw new RefusedException(400, $"{at}.files", "An answer has no files but those of its calls of tools.");
        if (files.Count > MostOfMessage || files.Any(file => file is null))
            throw new RefusedException(400, $"{at}.files", $"A message has at most {MostOfMessage} files, each an object.");
    }

    /// <summary>Stores a file that has a content.</summary>
    /// <param name="file">It was checked.</param>
    /// <param name="number">Its place in the import.</param>
    /// <param name="store">What stores it; null: it is left out.</param>
    /// <exception cref="RefusedException">It is not taken. The refusal names it.</exception>
    public void Store(FileNode file, int number, Func<string, byte[], ImportedFile?> store)
    {
        if (file.Data is null)
            return;
        try
        {
            if (store(file.Name, file.Data) is { } stored)
                _stored[file.Id] = stored;
        }
        catch (RefusedException refused)
        {
            throw new RefusedException(refused.Refusal with { Field = $"files[{number}].data" });
        }
    }

    /// <summary>The files of a message that are stored.</summary>
    /// <param name="node">As it was exported.</param>
    /// <param name="message">As it is stored.</param>
    public IReadOnlyList<MessageFile> Of(MessageNode node, Message message) =>
    [
        .. Stored(node).Index().Select(file => new MessageFile
        {
            MessageId = message.Id,
            Number = file.Index,
            FileId = file.Item.Id,
            ConversationId = message.ConversationId,
            OwnerId = message.OwnerId,
            Name = file.Item.Name,
        }),
    ];

    /// <summary>The ids that the files of a call have now, separated by blanks; null: it has none.</summary>
    public string? IdsOf(MessageNode node, ToolPayload call) =>
        (node.Files ?? []).Where(file => call.Files?.Contains(file.Id) == true)
            .Select(file => _stored.GetValueOrDefault(file.Id)?.Id).OfType<string>().Distinct(StringComparer.Ordinal).ToList()
            is { Count: > 0 } ids ? string.Join(' ', ids) : null;

    private static bool IsOfCall(MessageNode node, string? id) =>
        id is not null && node.Tools?.Any(call => call?.Files?.Contains(id) == true) == true;

    /// <summary>What the files of a message take of the context.</summary>
    public int TokensOf(MessageNode node) => (int)Math.Min(int.MaxValue / 2, Stored(node).Sum(file => (long)file.Tokens));

    private IEnumerable<ImportedFile> Stored(MessageNode node) =>
        (node.Files ?? []).Select(file => _stored.GetValueOrDefault(file.Id)).OfType<ImportedFile>();
}
