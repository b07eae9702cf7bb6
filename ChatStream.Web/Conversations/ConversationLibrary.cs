using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Lists, searches, reads, changes, imports and removes conversations.</summary>
internal sealed class ConversationLibrary(
    IChatDatabase database, ConversationList list, ConversationImporter importer, Removal removal, LongReads reads,
    IMannerCheck manners)
    : IConversationLibrary
{
    /// <summary>Messages of a conversation whose reading takes a few milliseconds.</summary>
    private const int FewMessages = 200;

    /// <summary>The most pinned conversations of one user: those that the page shows.</summary>
    internal const int MostPinned = 100;

    /// <summary>Conversations of one write, for which other writers wait.</summary>
    private const int MovedAtOnce = 50;

    /// <inheritdoc/>
    public Task<ConversationPage> ListAsync(Owner owner, ListQuery query, CancellationToken cancellationToken) =>
        list.ListAsync(owner, query, cancellationToken);

    /// <inheritdoc/>
    public Task<WholeConversation?> FindAsync(Owner owner, string id, CancellationToken cancellationToken) => reads.RunAsync(
        owner, async () =>
    {
        await using var db = database.ReadAs(owner);
        if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } conversation)
            return null;
        var messages = await db.Messages.Where(m => m.ConversationId == id).ToListAsync(cancellationToken);
        if (messages.Exists(message => message.ToolTokens > 0))
            await AddToolsAsync(db, messages, db.ToolCalls.Where(call => call.ConversationId == id), cancellationToken);
        await FeedbackStore.AddToAsync(db, id, messages, cancellationToken);
        return new WholeConversation(conversation, messages)
        {
            Folder = await FolderStore.FindAsync(db, conversation.FolderId, cancellationToken),
            Summaries = await SummariesAsync(db, id, cancellationToken),
            Files = await MessageFileList.ReadAsync(db, id, cancellationToken),
        };
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<ShownConversation?> FindShownAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } conversation)
            return null;
        // The conversation is the owner's, and so are its messages. Without the filter an index has all that is asked for.
        var places = await db.Messages.IgnoreQueryFilters().Where(m => m.ConversationId == id)
            .Select(m => new MessagePlace(m.Id, m.ParentId, m.CreatedAt)).ToListAsync(cancellationToken);
        var path = places.Count <= FewMessages
            ? await MessageTree.PathToAsync(db, conversation.LeafId, cancellationToken)
            : await reads.RunAsync(
                owner, () => MessageTree.PathToAsync(db, conversation.LeafId, cancellationToken), cancellationToken);
        var called = path.Where(message => message.ToolTokens > 0).Select(message => message.Id).ToList();
        if (called.Count > 0)
        {
            await reads.RunAsync(owner, () => AddToolsAsync(
                db, path, db.ToolCalls.Where(call => called.Contains(call.MessageId)), cancellationToken), cancellationToken);
        }
        await FeedbackStore.AddToAsync(db, id, path, cancellationToken);
        return new ShownConversation(conversation, path, places)
        {
            Folder = await FolderStore.InstructionsAsync(db, conversation.FolderId, cancellationToken),
            Summaries = await SummariesAsync(db, id, cancellationToken),
            Files = await MessageFileList.ReadAsync(db, id, cancellationToken),
        };
    }

    private static async Task<bool> AddToolsAsync(
        ChatDbContext db, List<Message> messages, IQueryable<ToolCall> theirs, CancellationToken cancellationToken)
    {
        var calls = (await theirs.OrderBy(call => call.Number).ToListAsync(cancellationToken)).ToLookup(call => call.MessageId);
        foreach (var message in messages)
            message.Tools = [.. calls[message.Id]];
        return true;
    }

    private static Task<List<PathSummary>> SummariesAsync(ChatDbContext db, string id, CancellationToken cancellationToken) =>
        db.Summaries.Where(s => s.ConversationId == id).OrderBy(s => s.CreatedAt).ThenBy(s => s.MessageId)
            .ToListAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<long> ImportedBytesAsync(Owner owner, CancellationToken cancellationToken)
    {
        // What was deleted takes room until it can no longer be restored.
        var (own, deleted) = (owner.Id, owner.Deleted.Id);
        await using var db = database.ReadAs(owner);
        return await db.Conversations.IgnoreQueryFilters().Where(c => c.OwnerId == own || c.OwnerId == deleted)
            .SumAsync(c => c.Bytes, cancellationToken) ?? 0;
    }

    /// <inheritdoc/>
    public async Task<ConversationSummary?> ChangeAsync(Owner owner, string id, ConversationChange change)
    {
        var title = change.Title?.Trim();
        if (title is not null && (!VisibleText.IsIn(title) || change.Title!.Length > Titles.Longest
            || title.Contains('\0', StringComparison.Ordinal)))
            throw new RefusedException(400, "title", Titles.Rule);
        if (change is { Pinned: true, FolderId.Text: FolderEntry.Archive })
            throw new RefusedException(400, "pinned", "An archived conversation cannot be pinned.");
        var manner = manners.Check(change.Manner, model: null);
        // These are found before the transaction, for which all writers wait.
        var promptTokens = await manners.CountAsync(manner, model: null, CancellationToken.None);
        var terms = title is null ? null : SearchTerms.Of(title);
        var leafId = change.LeafId is { } chosen && Ids.IsId(chosen) ? await NewestLeafUnderAsync(owner, id, chosen) : null;
        return await database.WriteAsync(owner, async db =>
        {
            if (change.Pinned == true)
                await db.LockOwnerAsync(owner);
            if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == id) is not { } conversation)
                return null;
            if (terms is not null)
            {
                if (conversation.IsTemporary)
                    throw new RefusedException(409, "title", "A temporary conversation has no title.", "temporary");
                (conversation.Title, conversation.HasFirstWords) = (title!, false);
                await db.ReindexTitleAsync(owner.Id, id, terms);
            }
            if (change.LeafId is not null)
            {
                // From what was the leaf on, because an answer may have been started under it meanwhile.
                conversation.LeafId = (leafId is null ? null : await MessageTree.NewestLeafUnderAsync(db, id, leafId))
                    ?? throw new RefusedException(404, "leafId", "There is no such message in this conversation.");
            }
            await PlaceAsync(db, conversation, change);
            Take(conversation, manner, promptTokens);
            await db.SaveChangesAsync();
            return new ConversationSummary(id, conversation.Title, conversation.LeafId, conversation.CreatedAt,
                conversation.UpdatedAt,
                await db.Messages.AnyAsync(m =>
                    m.ConversationId == id && m.Role == MessageRole.Assistant && m.FinishReason == null))
            {
                FolderId = conversation.FolderId,
                Pinned = conversation.IsPinned ? true : null,
            };
        });
    }

    /// <inheritdoc/>
    public async Task MoveAsync(Owner owner, IReadOnlyCollection<string> ids, string? folderId)
    {
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(MovedAtOnce))
        {
            await database.WriteAsync(owner, async db =>
            {
                if (folderId is not (null or FolderEntry.Archive))
                    await FolderStore.LockAsync(db, folderId);
                return await db.Conversations.Where(c => some.Contains(c.Id) && !c.IsTemporary).ExecuteUpdateAsync(c => c
                    .SetProperty(x => x.FolderId, folderId)
                    .SetProperty(x => x.IsPinned, x => x.IsPinned && folderId != FolderEntry.Archive));
            });
        }
    }

    private static async Task PlaceAsync(ChatDbContext db, Conversation conversation, ConversationChange change)
    {
        if (change.FolderId is null && change.Pinned is null)
            return;
        if (conversation.IsTemporary)
        {
            throw new RefusedException(
                409, change.FolderId is null ? "pinned" : "folderId", "A temporary conversation stands in no list.", "temporary");
        }
        if (change.FolderId is { Text: var folderId })
        {
            if (folderId is not (null or FolderEntry.Archive))
                await FolderStore.LockAsync(db, folderId);
            conversation.FolderId = folderId;
            conversation.IsPinned &= folderId != FolderEntry.Archive;
        }
        if (change.Pinned == true && !conversation.IsPinned && await db.Conversations.CountAsync(c => c.IsPinned) >= MostPinned)
        {
            throw new RefusedException(
                409, "pinned", $"At most {MostPinned} conversations can be pinned.", "too_many_pinned", MostPinned);
        }
        conversation.IsPinned = change.Pinned ?? conversation.IsPinned;
        // What is pinned is wanted at hand.
        if (change.Pinned == true && conversation.FolderId == FolderEntry.Archive)
            conversation.FolderId = null;
    }

    private static void Take(Conversation conversation, MannerChange change, int promptTokens)
    {
        (conversation.Preset, conversation.Effort, conversation.Verbosity, conversation.SystemPrompt) =
            change.ApplyTo(conversation.Manner);
        if (change.SystemPrompt is not null)
            conversation.SystemPromptTokens = promptTokens;
    }

    private Task<string?> NewestLeafUnderAsync(Owner owner, string id, string messageId) => reads.RunAsync(owner, async () =>
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync();
        return await MessageTree.NewestLeafUnderAsync(db, id, messageId);
    }, CancellationToken.None);

    /// <summary>Whether the title is still the first words of the first message, and no model was asked for another.</summary>
    public async Task<bool> HasFirstWordsAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Conversations.AnyAsync(c => c.Id == id && c.HasFirstWords, cancellationToken);
    }

    /// <summary>Takes note that a model is asked for the title.</summary>
    /// <returns>False: one was asked before, or the user has named the conversation.</returns>
    public async Task<bool> ClaimTitleAsync(Owner owner, string id) => await database.WriteAsync(
        owner,
        db => db.Conversations.Where(c => c.Id == id && c.HasFirstWords)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.HasFirstWords, false))) > 0;

    /// <summary>Gives the conversation a title from the model, if its title is still its first words.</summary>
    public Task EntitleAsync(Owner owner, string id, string firstWords, string title)
    {
        var terms = SearchTerms.Of(title);
        return database.WriteAsync(owner, async db =>
        {
            // Found and changed in one statement, so that a name that the user gives meanwhile stays.
            if (await db.Conversations.Where(c => c.Id == id && c.Title == firstWords)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.Title, title)) == 0)
                return false;
            await db.ReindexTitleAsync(owner.Id, id, terms);
            return true;
        });
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunningAnswer>?> DeleteAsync(Owner owner, string id)
    {
        var (running, isLeft) = await database.WriteAsync(owner, db => DeleteAsync(db, id));
        if (isLeft)
            removal.Add(id);
        return running;
    }

    /// <inheritdoc/>
    public Task<ImportReport> ImportAsync(Owner owner, Stream json, CancellationToken cancellationToken) =>
        importer.ImportAsync(owner, json, cancellationToken);

    // A small conversation is removed in this one write. Of a large one, a slice is.
    private static async Task<(IReadOnlyList<RunningAnswer>? Running, bool IsLeft)> DeleteAsync(ChatDbContext db, string id)
    {
        // Locks the row: a concurrent start in it is either seen below, or finds the conversation gone.
        if (await Removal.TakeAwayAsync(db.Conversations.Where(c => c.Id == id)) == 0)
            return (null, false);
        var runs = db.Messages.Where(m => m.ConversationId == id && m.Role == MessageRole.Assistant && m.FinishReason == null);
        var running = await runs.Select(m => new RunningAnswer(m.Id, m.InstanceId)).ToListAsync();
        // The keys of its starts stay until they expire: a repeat must not start anew what was deleted.
        // What runs must go now: its end must not be stored.
        await runs.ExecuteDeleteAsync();
        return (running, await Removal.RemoveSliceAsync(db, id));
    }
}
