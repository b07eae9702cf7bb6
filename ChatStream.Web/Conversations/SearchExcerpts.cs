using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Finds for each conversation of a search the message that has the words, and the piece of it where they are.</summary>
internal static class SearchExcerpts
{
    /// <summary>UTF-16 units of one message in which the words are looked for, and of all messages of a page together.</summary>
    private const int MostOfMessage = 200_000;

    private const int MostOfPage = 1_000_000;

    /// <summary>Parts of an answer in which the beginning of a word is looked for, and UTF-16 units of it.</summary>
    private const int MostParts = 8;

    private const int LongestBeginning = 64;

    public static async Task<IReadOnlyList<ConversationSummary>> AddAsync(
        ChatDbContext db, IReadOnlyList<IReadOnlyList<SearchTerm>> words, IReadOnlyList<ConversationSummary> page,
        CancellationToken cancellationToken)
    {
        var messages = await NewestAsync(db, words, [.. page.Select(conversation => conversation.Id)], cancellationToken);
        if (messages.Count == 0)
            return page;
        var most = Math.Min(MostOfMessage, MostOfPage / messages.Count);
        var found = await db.Messages.Where(m => messages.Contains(m.Id))
            .Select(m => new { m.ConversationId, m.Id, m.ParentId, Text = m.Text.Substring(0, most) })
            .ToDictionaryAsync(m => m.ConversationId, cancellationToken);
        var excerpts = new List<ConversationSummary>();
        foreach (var conversation in page)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (found.GetValueOrDefault(conversation.Id) is not { } message)
            {
                excerpts.Add(conversation);
                continue;
            }
            var excerpt = Excerpt.Of(message.Text, words);
            if (!excerpt.Any(part => part.Match == true))
                excerpt = Excerpt.Of(await BeginningAsync(db, message.ParentId, cancellationToken) + message.Text, words);
            excerpts.Add(conversation with { Found = new FoundMessage(message.Id, excerpt) });
        }
        return excerpts;
    }

    // The word may begin in the parts that this part of an answer continues.
    private static async Task<string> BeginningAsync(ChatDbContext db, string? parentId, CancellationToken cancellationToken)
    {
        var beginning = "";
        for (var parts = 0; parts < MostParts && parentId is not null && beginning.Length < LongestBeginning; parts++)
        {
            var id = parentId;
            var part = await db.Messages.Where(m => m.Id == id && m.Role == MessageRole.Assistant)
                .Select(m => new { m.ParentId, Text = m.Text.Substring(Math.Max(0, m.Text.Length - LongestBeginning)) })
                .FirstOrDefaultAsync(cancellationToken);
            if (part is null)
                break;
            (beginning, parentId) = (part.Text + beginning, part.ParentId);
        }
        return beginning;
    }

    // One with all words is best. The words may also be in different messages, and some in the title.
    private static async Task<List<string>> NewestAsync(
        ChatDbContext db, IReadOnlyList<IReadOnlyList<SearchTerm>> words, HashSet<string> conversations,
        CancellationToken cancellationToken)
    {
        var newest = new List<string>();
        IReadOnlyList<SearchTerm> all = [.. words.SelectMany(word => word)];
        foreach (var terms in words.Count == 1 ? words : [all, .. words])
        {
            if (conversations.Count == 0)
                break;
            var found = await NewestAsync(db, terms, [.. conversations], cancellationToken);
            newest.AddRange(found.Select(text => text.MessageId!));
            conversations.ExceptWith(found.Select(text => text.ConversationId));
        }
        return newest;
    }

    private static async Task<List<SearchDocument>> NewestAsync(
        ChatDbContext db, IReadOnlyList<SearchTerm> terms, List<string> conversations, CancellationToken cancellationToken)
    {
        var newest = await db.Matching(terms)
            .Where(text => text.MessageId != null && conversations.Contains(text.ConversationId))
            .GroupBy(text => text.ConversationId).Select(texts => texts.Max(text => text.Id)).ToListAsync(cancellationToken);
        return await db.SearchDocuments.Where(text => newest.Contains(text.Id)).ToListAsync(cancellationToken);
    }
}
