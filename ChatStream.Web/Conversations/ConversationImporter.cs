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
    FolderStore? folders = null, IFileImport? files = null, IMannerCheck? manners = null)
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
        var stored = new List<StoredImport>();
        try
        {
            return ZippedExport.Is(body)
                ? ImportArchive(owner, body, stored, cancellationToken)
                : ImportJson(owner, body, stored, cancellationToken);
        }
        catch (Exception fault) when (fault is InvalidDataException or NotSupportedException)
        {
            throw NotUnderstood();
        }
        finally
        {
            // What its owner has is not removed.
            stored.ForEach(conversation => removal.Add(conversation.Id));
        }
    }

    private ImportReport ImportArchive(
        Owner owner, Stream body, List<StoredImport> stored, CancellationToken cancellationToken)
    {
        using var archive = ZippedExport.Open(body);
        var (remarks, count) = (new ImportRemarks(), 0);
        foreach (var json in archive.Conversations())
        {
            var pieces = ImportPieces.Find(json, Most)?.Pieces;
            if (pieces is null || (count += pieces.Count) > Most)
                throw TooMany();
            AddAll(owner, json, pieces, remarks, stored, cancellationToken, archive);
        }
        return stored.Count > 0 ? new ImportReport(GiveAll(owner, stored), remarks.All) : throw NotUnderstood();
    }

    private ImportReport ImportJson(Owner owner, Stream json, List<StoredImport> stored, CancellationToken cancellationToken)
    {
        var begin = json.Position;
        var (pieces, isArray) = ImportPieces.Find(json, Most) ?? throw TooMany();
        var remarks = new ImportRemarks();
        if (!isArray && !(pieces.Count == 1 && IsForeign(pieces[0])))
        {
            stored.Add(Store(owner, OwnSource(json, begin, remarks), remarks, leavesFiles: false, cancellationToken));
            return new ImportReport(GiveAll(owner, stored), remarks.All) { IsOwn = true };
        }
        AddAll(owner, json, pieces, remarks, stored, cancellationToken);
        return stored.Count > 0 ? new ImportReport(GiveAll(owner, stored), remarks.All)
            : throw (pieces.Count > 0 && pieces.All(piece => piece.Length > LargestPiece) ? TooLarge() : NotUnderstood());
    }

    private void AddAll(
        Owner owner, Stream json, IReadOnlyList<ImportPiece> pieces, ImportRemarks remarks, List<StoredImport> stored,
        CancellationToken cancellationToken, ZippedExport? archive = null)
    {
        foreach (var piece in pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryImport(owner, json, piece, remarks, cancellationToken, archive) is { } conversation)
                stored.Add(conversation);
        }
    }

    private static RefusedException TooMany() =>
        new(400, "body", $"An import has at most {Most} conversations.", "import_too_many", Most);

    private static RefusedException TooLarge() => new(
        413, "body", $"A conversation of another program has at most {LargestPiece} bytes.", "import_too_large", LargestPiece);

    private static RefusedException NotUnderstood() =>
        new(400, "body", "The body has no conversation that can be read.", "import_not_understood");

    /// <summary>
    /// Gives what is stored to its owner, whatever the client does meanwhile. Nothing was to be seen before, so an import that
    /// fails earlier leaves nothing, and the same import again doubles nothing.
    /// </summary>
    /// <exception cref="StorageException">The database did not take it. If its owner has some of it, that is unknown.</exception>
    private List<ImportedConversation> GiveAll(Owner owner, List<StoredImport> stored)
    {
        var given = new List<ImportedConversation>();
        foreach (var (id, title, slices, folder, isPinned) in stored)
        {
            try
            {
                var folderId = folders?.ForImportAsync(owner, folder, CancellationToken.None).GetAwaiter().GetResult();
                slices.GiveToOwner(folderId, isPinned);
            }
            catch (StorageException fault) when (given.Count > 0)
            {
                throw new StorageException(fault.InnerException!) { IsUnknown = true };
            }
            given.Add(new ImportedConversation(id, title));
        }
        return given;
    }

    private static bool IsForeign(ImportPiece piece) =>
        ForeignExports.KindOf(piece.Members) is not (ExportKind.Own or ExportKind.Unknown);

    // A fault of one conversation is not one of the others.
    private StoredImport? TryImport(
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
            {
                var own = OwnSource(new MemoryStream(bytes, writable: false), 0, remarks);
                return Store(owner, own, remarks, leavesFiles: true, cancellationToken);
            }
            var foreign = ForeignExports.Read(kind, bytes, remarks, time.GetUtcNow(), archive);
            if (ForeignTree.Make(foreign, remarks, time.GetUtcNow()) is var (tree, messages, attached))
            {
                return Store(owner, (each, eachFile, withContents) =>
                {
                    messages.ForEach(each);
                    // One at a time is in memory.
                    foreach (var (id, file) in attached)
                    {
                        var content = withContents ? archive?.Read(file.Pointer) : [];
                        eachFile(new FileNode { Id = id, Name = file.Name, Data = content });
                    }
                    return tree;
                }, remarks, leavesFiles: true, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is JsonException or RefusedException { Refusal.Status: 400 })
        {
        }
        remarks.Add(ImportRemarkKind.Conversation);
        return null;
    }

    private static ImportSource OwnSource(Stream json, long begin, ImportRemarks remarks)
    {
        ImportRemarks? first = remarks;
        return (each, eachFile, _) =>
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
    /// <param name="remarks">Counts what is left out.</param>
    /// <param name="leavesFiles">Whether files that are not taken are left out. If not, such a file refuses all.</param>
    /// <param name="cancellationToken">Ends the import.</param>
    private StoredImport Store(
        Owner owner, ImportSource source, ImportRemarks remarks, bool leavesFiles, CancellationToken cancellationToken)
    {
        var import = ConversationImport.Read(owner, source, time.GetUtcNow());
        var slices = new ImportSlices(database, owner, import.Conversation);
        try
        {
            var folder = FitAsync(import, remarks, cancellationToken).GetAwaiter().GetResult();
            if (import.Files.HasContent && files is { IsOpen: true })
            {
                import.ReadFiles(source, (name, content) =>
                    StoreFile(owner, name, content, leavesFiles ? remarks : null, cancellationToken));
            }
            import.ReadMessages(source, tokens, _processor, (message, terms, attached) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                slices.Add(message, terms, attached);
            });
            slices.Finish([.. import.Summaries.Select(summary => ToStored(owner, import.Conversation.Id, summary))]);
            return new StoredImport(import.Conversation.Id, import.Conversation.Title, slices, folder, import.IsPinned);
        }
        catch
        {
            if (slices.IsBegun)
                removal.Add(import.Conversation.Id);
            throw;
        }
    }

    /// <summary>
    /// Leaves out instructions that would leave too little room for messages here: models may read less than where it was
    /// exported.
    /// </summary>
    /// <returns>The folder as it is taken over.</returns>
    private async Task<FolderNode?> FitAsync(
        ConversationImport import, ImportRemarks remarks, CancellationToken cancellationToken)
    {
        var (conversation, folder) = (import.Conversation, import.Folder);
        if (manners is null)
            return folder;
        try
        {
            if (conversation.SystemPrompt is { } prompt)
            {
                conversation.SystemPromptTokens = await manners.CountAsync(
                    new MannerChange(null, null, null, SystemPrompt: prompt), model: null, cancellationToken);
            }
        }
        catch (RefusedException)
        {
            (conversation.SystemPrompt, conversation.SystemPromptTokens) = (null, 0);
            remarks.Add(ImportRemarkKind.Member, "systemPrompt");
        }
        try
        {
            if (folder?.Instructions is { } instructions)
                await manners.CountInstructionsAsync(instructions, cancellationToken);
            return folder;
        }
        catch (RefusedException)
        {
            remarks.Add(ImportRemarkKind.Member, "folder.instructions");
            return folder! with { Instructions = null };
        }
    }

    private ImportedFile? StoreFile(
        Owner owner, string name, byte[] content, ImportRemarks? remarks, CancellationToken cancellationToken)
    {
        try
        {
            return files!.StoreAsync(owner, name, content, cancellationToken).GetAwaiter().GetResult();
        }
        // One that is told to come later is for the whole import.
        catch (RefusedException refused) when (remarks is not null && refused.Refusal.Status != 429)
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

    /// <summary>A conversation that is whole, and that no owner sees yet.</summary>
    private sealed record StoredImport(string Id, string Title, ImportSlices Slices, FolderNode? Folder, bool IsPinned);
}
