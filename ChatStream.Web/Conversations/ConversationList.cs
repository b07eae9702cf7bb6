using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Lists and searches conversations.</summary>
internal sealed class ConversationList(IChatDatabase database, LongReads reads, TimeProvider time)
{
    /// <summary>A search takes milliseconds. One that takes so long has words that are almost everywhere.</summary>
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(2);

    /// <summary>How long a search waits for texts that are not in the index yet. A write takes milliseconds.</summary>
    internal static readonly TimeSpan ForIndex = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc cref="IConversationLibrary.ListAsync"/>
    public async Task<ConversationPage> ListAsync(Owner owner, ListQuery query, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(query.Text))
        {
            await using var db = database.ReadAs(owner);
            return await PageAsync(db, words: [], query, cancellationToken);
        }
        return SearchTerms.OfQuery(query.Text) is { Count: > 0 } words
            ? await reads.RunAsync(owner, () => SearchAsync(owner, words, query, cancellationToken), cancellationToken)
            : new ConversationPage([], Next: null);
    }

    private async Task<ConversationPage> SearchAsync(
        Owner owner, IReadOnlyList<IReadOnlyList<SearchTerm>> words, ListQuery query, CancellationToken readerGone)
    {
        using var tooLong = new CancellationTokenSource(LongestSearch, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(readerGone, tooLong.Token);
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(readerGone);
        using var ending = db.EndQueriesWith(either.Token);
        try
        {
            await IndexWaitingAsync(db, either.Token);
            var page = await PageAsync(db, words, query, either.Token);
            return page with { Conversations = await WithExcerptsAsync(db, words, page.Conversations, tooLong, either.Token) };
        }
        catch (Exception fault) when (either.IsCancellationRequested && fault is not RefusedException)
        {
            readerGone.ThrowIfCancellationRequested();
            throw new RefusedException(503, "q", "The search took too long. Longer words are found faster.");
        }
    }

    // A search finds all that was stored before it. If the database takes no writes now, it finds what the index has.
    private async Task IndexWaitingAsync(ChatDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            for (var left = await db.CountWaitingTextsAsync(cancellationToken); left > 0; left -= ChatDbContext.TextsAtOnce)
                await database.WriteAsync(default, writing => writing.IndexWaitingAsync())
                    .WaitAsync(ForIndex, time, cancellationToken);
        }
        catch (Exception fault) when (fault is StorageException or TimeoutException)
        {
        }
    }

    // Where the time is over, the conversations are more than nothing.
    private static async Task<IReadOnlyList<ConversationSummary>> WithExcerptsAsync(
        ChatDbContext db, IReadOnlyList<IReadOnlyList<SearchTerm>> words, IReadOnlyList<ConversationSummary> found,
        CancellationTokenSource tooLong, CancellationToken cancellationToken)
    {
        try
        {
            return await SearchExcerpts.AddAsync(db, words, found, cancellationToken);
        }
        catch (Exception) when (tooLong.IsCancellationRequested)
        {
            return found;
        }
    }

    private static async Task<ConversationPage> PageAsync(
        ChatDbContext db, IReadOnlyList<IReadOnlyList<SearchTerm>> words, ListQuery query, CancellationToken cancellationToken)
    {
        var found = await InFolderAsync(db, query, isSearch: words.Count > 0, cancellationToken);
        foreach (var matching in words.Select(db.Matching))
            found = found.Where(c => matching.Select(text => text.ConversationId).Contains(c.Id));
        if (query.Before is { } before)
        {
            var (time, id) = Cursor.Parse(before);
#pragma warning disable CA1309 // The database compares, in its own sort order.
            found = found.Where(c => c.UpdatedAt < time || (c.UpdatedAt == time && string.Compare(c.Id, id) < 0));
#pragma warning restore CA1309
        }
        var rows = await found.OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id).Take(query.Limit + 1)
            .Select(c => new ConversationSummary(c.Id, c.Title, c.LeafId, c.CreatedAt, c.UpdatedAt,
                db.Messages.Any(m => m.ConversationId == c.Id && m.Role == MessageRole.Assistant && m.FinishReason == null))
            {
                FolderId = c.FolderId,
                Pinned = c.IsPinned ? true : null,
            })
            .ToListAsync(cancellationToken);
        var page = rows.Take(query.Limit).ToList();
        return new ConversationPage(page, rows.Count > query.Limit ? Cursor.Of(page[^1]) : null);
    }

    // A search finds what is archived, too.
    private static async Task<IQueryable<Conversation>> InFolderAsync(
        ChatDbContext db, ListQuery query, bool isSearch, CancellationToken cancellationToken)
    {
        var found = db.Conversations.Where(c => !c.IsTemporary);
        if (query.Pinned is { } pinned)
            found = found.Where(c => c.IsPinned == pinned);
        if (query.Ids is { } ids)
            found = found.Where(c => ids.Contains(c.Id));
        if (query.InAnyFolder)
            return found.Where(c => c.FolderId != null && c.FolderId != FolderEntry.Archive);
        if (query.Folder is not { } folder)
            return isSearch ? found : found.Where(c => c.FolderId == null || c.FolderId != FolderEntry.Archive);
        if (folder == FolderEntry.None)
            return found.Where(c => c.FolderId == null);
        if (folder != FolderEntry.Archive
            && !(Ids.IsId(folder) && await db.Folders.AnyAsync(f => f.Id == folder, cancellationToken)))
            throw FolderStore.Unknown("folder");
        return found.Where(c => c.FolderId == folder);
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
