using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Lists, searches, reads, changes, imports and removes conversations.</summary>
internal sealed class ConversationLibrary(IChatDatabase database, TokenCounter tokens) : IConversationLibrary
{
    private const int LongestTitle = 200;

    /// <inheritdoc/>
    public async Task<ConversationPage> ListAsync(
        Owner owner, string? query, string? before, int limit, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        IQueryable<Conversation> found = db.Conversations;
        if (!string.IsNullOrWhiteSpace(query))
        {
            var words = SearchTerms.OfQuery(query);
            if (words.Count == 0)
                return new ConversationPage([], Next: null);
            foreach (var matching in words.Select(db.Matching))
                found = found.Where(c => matching.Contains(c.Id));
        }
        if (before is not null)
        {
            var (time, id) = Cursor.Parse(before);
#pragma warning disable CA1309 // The database compares, in its own sort order.
            found = found.Where(c => c.UpdatedAt < time || (c.UpdatedAt == time && string.Compare(c.Id, id) < 0));
#pragma warning restore CA1309
        }
        var rows = await found.OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id).Take(limit + 1)
            .Select(c => new ConversationSummary(c.Id, c.Title, c.LeafId, c.CreatedAt, c.UpdatedAt,
                db.Messages.Any(m => m.ConversationId == c.Id && m.Role == MessageRole.Assistant && m.FinishReason == null)))
            .ToListAsync(cancellationToken);
        var page = rows.Take(limit).ToList();
        return new ConversationPage(page, rows.Count > limit ? Cursor.Of(page[^1]) : null);
    }

    /// <inheritdoc/>
    public async Task<WholeConversation?> FindAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } conversation)
            return null;
        return new WholeConversation(conversation, await db.Messages.Where(m =>
            m.ConversationId == id).ToListAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public Task<ConversationSummary?> ChangeAsync(Owner owner, string id, ConversationChange change) => database.WriteAsync(
        owner, async db =>
    {
        if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == id) is not { } conversation)
            return null;
        if (change.Title is { } title)
        {
            if (string.IsNullOrWhiteSpace(title) || title.Length > LongestTitle || title.Contains('\0', StringComparison.Ordinal))
                throw new RefusedException(400, "title", $"A title must have 1 to {LongestTitle} characters, without NUL.");
            conversation.Title = title.Trim();
            conversation.HasFirstWords = false;
            await db.ReindexTitleAsync(owner.Id, id, SearchTerms.Of(conversation.Title));
        }
        if (change.LeafId is { } leafId)
        {
            var messages = await db.Messages.AsNoTracking().Where(m => m.ConversationId == id).ToListAsync();
            conversation.LeafId = MessageTree.NewestLeafUnder(messages, leafId)
                ?? throw new RefusedException(404, "leafId", "There is no such message in this conversation.");
        }
        await db.SaveChangesAsync();
        return new ConversationSummary(id, conversation.Title, conversation.LeafId, conversation.CreatedAt,
            conversation.UpdatedAt,
            await db.Messages.AnyAsync(m => m.ConversationId == id && m.Role == MessageRole.Assistant && m.FinishReason == null));
    });

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
    public Task EntitleAsync(Owner owner, string id, string firstWords, string title) => database.WriteAsync(owner, async db =>
    {
        // Found and changed in one statement, so that a name that the user gives meanwhile stays.
        if (await db.Conversations.Where(c => c.Id == id && c.Title == firstWords)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Title, title)) == 0)
            return false;
        await db.ReindexTitleAsync(owner.Id, id, SearchTerms.Of(title));
        return true;
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>?> DeleteAsync(Owner owner, string id) => database.WriteAsync<IReadOnlyList<string>?>(owner,
        async db =>
    {
        var conversation = db.Conversations.Where(c => c.Id == id);
        // Locks the row: a concurrent start in it is either seen below, or finds the conversation gone.
        if (await conversation.ExecuteUpdateAsync(c => c.SetProperty(x => x.UpdatedAt, x => x.UpdatedAt)) == 0)
            return null;
        var running = await db.Messages.Where(m => m.ConversationId == id && m.Role == MessageRole.Assistant
            && m.FinishReason == null)
            .Select(m => m.Id).ToListAsync();
        // The keys of its starts stay until they expire: a repeat must not start anew what was deleted.
        await conversation.ExecuteDeleteAsync();
        return running;
    });

    /// <inheritdoc/>
    public Task<string> ImportAsync(Owner owner, ConversationTree tree)
    {
        // Read and counted before the transaction, for which all writers wait.
        var (conversation, messages) = ConversationImport.Read(owner, tree, tokens);
        return database.WriteAsync(owner, db => StoreAsync(db, conversation, messages));
    }

    private static async Task<string> StoreAsync(ChatDbContext db, Conversation conversation, List<Message> messages)
    {
        db.Conversations.Add(conversation);
        db.Messages.AddRange(messages);
        await db.SaveChangesAsync();
        await db.IndexAsync(conversation.OwnerId, conversation.Id, messageId: null, SearchTerms.Of(conversation.Title));
        foreach (var message in messages)
            await db.IndexAsync(conversation.OwnerId, conversation.Id, message.Id, SearchTerms.Of(message.Text));
        return conversation.Id;
    }

    private static class Cursor
    {
        public static string Of(ConversationSummary last) =>
            string.Create(CultureInfo.InvariantCulture, $"{last.UpdatedAt.ToUnixTimeMilliseconds()}.{last.Id}");

        public static (DateTimeOffset Time, string Id) Parse(string text)
        {
            var dot = text.IndexOf('.', StringComparison.Ordinal);
            return dot > 0 && Ids.IsId(text.AsSpan(dot + 1))
                && long.TryParse(text.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                    out var milliseconds)
                && milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
                && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), text[(dot + 1)..])
                : throw new RefusedException(400, "before", "This is not the 'next' of a page.");
        }
    }
}
