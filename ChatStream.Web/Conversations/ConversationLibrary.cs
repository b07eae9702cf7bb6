using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>What is done with conversations as such: listed, searched, read whole, changed, removed.</summary>
internal sealed class ConversationLibrary(IChatDatabase database)
{
    private const int LongestTitle = 200;

    /// <summary>A page of the owner's conversations, newest first; with a query, those in which all of its words are.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="query">Words, or parts of words in scripts without spaces; null or blank: all.</param>
    /// <param name="before"><see cref="ConversationPage.Next"/> of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">The reader's.</param>
    /// <exception cref="RefusedException">400: <paramref name="before"/> is not what a page gave.</exception>
    public async Task<ConversationPage> ListAsync(Owner owner, string? query, string? before, int limit, CancellationToken cancellationToken)
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
#pragma warning disable CA1309 // The database compares, in the order in which it sorts.
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

    /// <summary>The conversation whole; null where the owner has none with this id.</summary>
    public async Task<ConversationTree?> TreeAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } conversation)
            return null;
        var messages = await db.Messages.Where(m => m.ConversationId == id).ToListAsync(cancellationToken);
        return new ConversationTree
        {
            Id = conversation.Id,
            Title = conversation.Title,
            LeafId = conversation.LeafId,
            CreatedAt = conversation.CreatedAt,
            UpdatedAt = conversation.UpdatedAt,
            Messages = [.. MessageTree.ParentsFirst(messages).Select(MessageTree.ToNode)],
        };
    }

    /// <returns>The conversation after the change; null where the owner has none with this id.</returns>
    /// <exception cref="RefusedException">400: a title that is none; 404: no such message in it.</exception>
    public Task<ConversationSummary?> ChangeAsync(Owner owner, string id, ConversationChange change) => database.WriteAsync(owner, async db =>
    {
        if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == id) is not { } conversation)
            return null;
        if (change.Title is { } title)
        {
            if (string.IsNullOrWhiteSpace(title) || title.Length > LongestTitle || title.Contains('\0', StringComparison.Ordinal))
                throw new RefusedException(400, "title", $"A title has 1 to {LongestTitle} characters.");
            conversation.Title = title.Trim();
            conversation.HasFirstWords = false;
            await db.ReindexTitleAsync(owner.Id, id, conversation.Title);
        }
        if (change.LeafId is { } leafId)
        {
            var messages = await db.Messages.AsNoTracking().Where(m => m.ConversationId == id).ToListAsync();
            conversation.LeafId = MessageTree.NewestLeafUnder(messages, leafId)
                ?? throw new RefusedException(404, "leafId", "There is no such message in this conversation.");
        }
        await db.SaveChangesAsync();
        return new ConversationSummary(id, conversation.Title, conversation.LeafId, conversation.CreatedAt, conversation.UpdatedAt,
            await db.Messages.AnyAsync(m => m.ConversationId == id && m.Role == MessageRole.Assistant && m.FinishReason == null));
    });

    /// <summary>Whether the conversation still has its message's first words for a title.</summary>
    public async Task<bool> HasFirstWordsAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Conversations.AnyAsync(c => c.Id == id && c.HasFirstWords, cancellationToken);
    }

    /// <summary>Gives the conversation a title from the model, where it still has its first words.</summary>
    public Task EntitleAsync(Owner owner, string id, string title) => database.WriteAsync(owner, async db =>
    {
        // Found and changed in one statement: a name that somebody gives meanwhile stays.
        if (await db.Conversations.Where(c => c.Id == id && c.HasFirstWords)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Title, title).SetProperty(x => x.HasFirstWords, false)) == 0)
            return false;
        await db.ReindexTitleAsync(owner.Id, id, title);
        return true;
    });

    /// <summary>Removes it with all that is in it, and the keys of what was started in it.</summary>
    /// <returns>The answers in it that still ran; null where the owner has no conversation with this id.</returns>
    public Task<IReadOnlyList<string>?> DeleteAsync(Owner owner, string id) => database.WriteAsync<IReadOnlyList<string>?>(owner, async db =>
    {
        var conversation = db.Conversations.Where(c => c.Id == id);
        // Takes the row: a start in it at the same time is seen below, or finds the conversation gone.
        if (await conversation.ExecuteUpdateAsync(c => c.SetProperty(x => x.UpdatedAt, x => x.UpdatedAt)) == 0)
            return null;
        var running = await db.Messages.Where(m => m.ConversationId == id && m.Role == MessageRole.Assistant && m.FinishReason == null)
            .Select(m => m.Id).ToListAsync();
        await db.StartKeys.Where(k => db.Messages.Any(m => m.ConversationId == id && m.Id == k.GenerationId)).ExecuteDeleteAsync();
        await conversation.ExecuteDeleteAsync();
        return running;
    });

    /// <summary>Stores an imported conversation under new ids.</summary>
    /// <exception cref="RefusedException">400, naming the member.</exception>
    public Task<string> ImportAsync(Owner owner, ConversationTree tree, TokenCounter tokens)
    {
        // Read, and its tokens counted, outside the transaction, for which everybody waits.
        var (conversation, messages) = ConversationImport.Read(owner, tree, tokens);
        return database.WriteAsync(owner, db => StoreAsync(db, conversation, messages));
    }

    private static async Task<string> StoreAsync(ChatDbContext db, Conversation conversation, List<Message> messages)
    {
        db.Conversations.Add(conversation);
        db.Messages.AddRange(messages);
        await db.SaveChangesAsync();
        await db.IndexAsync(conversation.OwnerId, conversation.Id, messageId: null, conversation.Title);
        foreach (var message in messages)
            await db.IndexAsync(conversation.OwnerId, conversation.Id, message.Id, message.Text);
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
                && long.TryParse(text.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
                && milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), text[(dot + 1)..])
                : throw new RefusedException(400, "before", "This is not what a page gave as next.");
        }
    }
}
