using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Foreign;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Stores exported conversations. An import works on a thread of its own, and all imports together use one processor at most for
/// what costs the most: tokens are counted and terms computed for one message at a time.
/// </summary>
internal sealed class ConversationImporter(
    IChatDatabase database, TokenCounter tokens, SummaryStore summaries, Removal removal, TimeProvider time,
    FolderStore? folders = null, IFileImport? files = null)
{
    /// <summary>The most conversations of one body.</summary>
    public const int Most = 2_000;

    /// <summary>
    /// Bytes of one conversation among several, or of another program: such a one is in memory while it is read. One export of
    /// ChatStream is not.
    /// </summary>
    public const int LargestPiece = 8 * 1024 * 1024;

    private readonly Lock _processor = new();

    /// <inheritdoc cref="IConversationLibrary.ImportAsync"/>
    public Task<ImportReport> ImportAsync(Owner owner, Stream json, CancellationToken cancellationToken) =>
        OwnThread.RunAsync(() => Import(owner, json, cancellationToken), cancellationToken);

    private ImportReport Import(Owner owner, Stream body, CancellationToken cancellationToken)
    {
        if (!ZippedExport.Is(body))
            return ImportJson(owner, body, cancellationToken);
        try
        {
            return ImportArchive(owner, body, cancellationToken);
        }
        catch (Exception fault) when (fault is InvalidDataException or NotSupportedException)
        {
            throw NotUnderstood();
        }
    }

    private ImportReport ImportArchive(Owner owner, Stream body, CancellationToken cancellationToken)
    {
        using var archive = ZippedExport.Open(body);
        var (remarks, stored, count) = (new ImportRemarks(), new List<ImportedConversation>(), 0);
        foreach (var json in archive.Conversations())
        {
            var pieces = ImportPieces.Find(json, Most)?.Pieces;
            if (pieces is null || (count += pieces.Count) > Most)
                throw TooMany();
            foreach (var piece in pieces)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (TryImport(owner, json, piece, remarks, cancellationToken, archive) is { } conversation)
                    stored.Add(conversation);
            }
        }
        return stored.Count > 0 ? new ImportReport(stored, remarks.All) : throw NotUnderstood();
    }

    private static RefusedException TooMany() =>
        new(400, "body", $"An import has at most {Most} conversations.", "import_too_many", Most);

    private static RefusedException NotUnderstood() =>
        new(400, "body", "The body has no conversation that can be read.", "import_not_understood");

    private ImportReport ImportJson(Owner owner, Stream json, CancellationToken cancellationToken)
    {
        var begin = json.Position;
        var (pieces, isArray) = ImportPieces.Find(json, Most) ?? throw TooMany();
        var remarks = new ImportRemarks();
        if (!isArray && !(pieces.Count == 1 && IsForeign(pieces[0])))
        {
            var own = Store(owner, OwnSource(json, begin, remarks), cancellationToken);
            return new ImportReport([own], remarks.All) { IsOwn = true };
        }

        var stored = new List<ImportedConversation>();
        foreach (var piece in pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryImport(owner, json, piece, remarks, cancellationToken) is { } conversation)
                stored.Add(conversation);
        }
        return stored.Count > 0 ? new ImportReport(stored, remarks.All) : throw NotUnderstood();
    }

    private static bool IsForeign(ImportPiece piece) =>
        ForeignExports.KindOf(piece.Members) is not (ExportKind.Own or ExportKind.Unknown);

    // A fault of one conversation is not one of the others.
    private ImportedConversation? TryImport(
        Owner owner, Stream json, ImportPiece piece, ImportRemarks remarks, CancellationToken cancellationToken,
        ZippedExport? archive = null)
    {
        var kind = ForeignExports.KindOf(piece.Members);
        if (kind == ExportKind.Unknown || piece.Length > LargestPiece)
        {
            remarks.Add(kind == ExportKind.Unknown ? ImportRemarkKind.Conversation : ImportRemarkKind.TooLarge);
            return null;
        }
        var bytes = new byte[piece.Length];
        json.Position = piece.Begin;
        json.ReadExactly(bytes);
        try
        {
            if (kind == ExportKind.Own)
                return Store(owner, OwnSource(new MemoryStream(bytes, writable: false), 0, remarks), cancellationToken);
            var foreign = ForeignExports.Read(kind, bytes, remarks, time.GetUtcNow(), archive);
            if (ForeignTree.Make(foreign, remarks, time.GetUtcNow()) is var (tree, messages, attached))
            {
                return Store(owner, (each, eachFile) =>
                {
                    messages.ForEach(each);
                    // One at a time is in memory.
                    foreach (var (id, file) in attached)
                        eachFile(new FileNode { Id = id, Name = file.Name, Data = archive?.Read(file.Pointer) });
                    return tree;
                }, cancellationToken, remarks);
            }
        }
        catch (Exception fault) when (fault is JsonException || fault is RefusedException { Refusal.Status: 400 })
        {
        }
        remarks.Add(ImportRemarkKind.Conversation);
        return null;
    }

    private static ImportSource OwnSource(Stream json, long begin, ImportRemarks remarks)
    {
        ImportRemarks? first = remarks;
        return (each, eachFile) =>
        {
            json.Position = begin;
            var counting = first;
            first = null;
            return ImportedTree.Read(json, each, eachFile, counting);
        };
    }

    /// <summary>Stores a conversation under new ids. If it fails, what was stored is removed.</summary>
    /// <param name="owner">Whose it becomes.</param>
    /// <param name="source">What is read, several times.</param>
    /// <param name="cancellationToken">Ends the import.</param>
    /// <param name="remarks">Counts files that are not taken; null: with such a file, nothing is stored.</param>
    private ImportedConversation Store(
        Owner owner, ImportSource source, CancellationToken cancellationToken, ImportRemarks? remarks = null)
    {
        var import = ConversationImport.Read(owner, source, time.GetUtcNow());
        var slices = new ImportSlices(database, owner, import.Conversation);
        try
        {
            if (import.Files.HasContent && files is { IsOpen: true })
            {
                import.ReadFiles(source, (name, content) => StoreFile(owner, name, content, remarks, cancellationToken));
            }
            import.ReadMessages(source, tokens, _processor, (message, terms, attached) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                slices.Add(message, terms, attached);
            });
            var folderId = folders?.ForImportAsync(owner, import.Folder, cancellationToken).GetAwaiter().GetResult();
            slices.Finish(
                [.. import.Summaries.Select(summary => ToStored(owner, import.Conversation.Id, summary))], folderId,
                import.IsPinned);
            return new ImportedConversation(import.Conversation.Id, import.Conversation.Title);
        }
        catch
        {
            if (slices.IsBegun)
                removal.Add(import.Conversation.Id);
            throw;
        }
    }

    private ImportedFile? StoreFile(
        Owner owner, string name, byte[] content, ImportRemarks? remarks, CancellationToken cancellationToken)
    {
        try
        {
            return files!.StoreAsync(owner, name, content, cancellationToken).GetAwaiter().GetResult();
        }
        catch (RefusedException) when (remarks is not null)
        {
            remarks.Add(ImportRemarkKind.File);
            return null;
        }
    }

    private PathSummary ToStored(Owner owner, string conversationId, SummaryNode summary)
    {
        lock (_processor)
        {
            return new PathSummary
            {
                MessageId = summary.MessageId,
                ConversationId = conversationId,
                OwnerId = owner.Id,
                Text = summary.Text,
                Tokens = summaries.Count(summary.Text),
                CreatedAt = summary.CreatedAt,
            };
        }
    }
}
