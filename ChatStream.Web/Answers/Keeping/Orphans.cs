using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// Ends answers that no process runs, as <c>interrupted</c>. Each gets the text that the journal has of it.
/// </summary>
internal sealed class Orphans(IChatDatabase database, TokenCounter tokens, TimeProvider time)
{
    /// <summary>
    /// The comment that the look for answers without an end carries, so that tests that count commands can leave it out.
    /// </summary>
    public const string Tag = "Ownership";

    /// <summary>Ends in one transaction; takes some milliseconds.</summary>
    private const int AnswersAtOnce = 25;

    /// <summary>The answers of all users that have no end, whether they run or not.</summary>
    public async Task<List<UnendedAnswer>> FindAsync(CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(default);
        return await Unended(db.Messages).TagWith(Tag).ToListAsync(cancellationToken);
    }

    /// <summary>The answer with this id, of any user, if it has no end.</summary>
    public async Task<UnendedAnswer?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(default);
        return await Unended(db.Messages.Where(m => m.Id == id)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Ends these answers, unless they have got an end or another owner meanwhile. A crash in the middle loses nothing: they are
    /// found again.
    /// </summary>
    /// <returns>How many it has ended.</returns>
    /// <exception cref="StorageException">The database did not take it.</exception>
    public async Task<int> EndAsync(IReadOnlyCollection<UnendedAnswer> answers)
    {
        var ended = 0;
        var (kept, continued) = await KeptAsync(answers);
        foreach (var some in answers.Chunk(AnswersAtOnce))
        {
            // Counted and taken apart before the transaction, for which all writers wait.
            var ends = some.Select(answer =>
                ToEnd(answer, kept.GetValueOrDefault(answer.Id), continued.GetValueOrDefault(answer.Id, ""))).ToList();
            ended += await database.WriteAsync(default, async db =>
            {
                var count = 0;
                foreach (var end in ends)
                    count += await EndAsync(db, end);
                return count;
            });
        }
        return ended;
    }

    /// <summary>The text that the journal has of answers, and that of the answers that they continue.</summary>
    private async Task<(Dictionary<string, RecoveredText> Kept, Dictionary<string, string> Continued)> KeptAsync(
        IReadOnlyCollection<UnendedAnswer> answers)
    {
        await using var db = database.ReadAs(default);
        var ids = answers.Select(answer => answer.Id).ToHashSet(StringComparer.Ordinal);
        var all = db.Messages.IgnoreQueryFilters();
        var continued = await all.Where(m => ids.Contains(m.Id))
            .Join(
                all.Where(m => m.Role == MessageRole.Assistant), m => m.ParentId, m => m.Id,
                (m, parent) => new { m.Id, parent.Text })
            .ToDictionaryAsync(m => m.Id, m => m.Text, StringComparer.Ordinal);
        return (await CheckpointJournal.ReadAsync(db, ids, CancellationToken.None), continued);
    }

    private End ToEnd(UnendedAnswer answer, RecoveredText? kept, string continued)
    {
        var text = answer.Text + kept?.Text;
        var frames = answer.Frames is null ? null : answer.Frames + kept?.Frames;
        return new End(answer, text, kept?.Reasoning, frames, tokens.Count(text), SearchTerms.Of(text, continued));
    }

    private async Task<int> EndAsync(ChatDbContext db, End end)
    {
        var (answer, now) = (end.Answer, time.GetUtcNow());
        // It belongs to no process from now on, so a late end of its former owner finds nothing to change.
        var ended = await db.Messages.IgnoreQueryFilters()
            .Where(m => m.Id == answer.Id && m.FinishReason == null && m.InstanceId == answer.InstanceId)
            .ExecuteUpdateAsync(m => m
                .SetProperty(x => x.InstanceId, (string?)null)
                .SetProperty(x => x.Text, end.Text)
                .SetProperty(x => x.Reasoning, end.Reasoning)
                .SetProperty(x => x.Frames, end.Frames)
                .SetProperty(x => x.LastFrame, FrameOutline.LastFrameOf(end.Frames))
                .SetProperty(x => x.Tokens, end.Tokens)
                .SetProperty(
                    x => x.PathTokens,
                    x => end.Tokens + db.Messages.IgnoreQueryFilters().Where(p => p.Id == x.ParentId).Sum(p => p.PathTokens))
                .SetProperty(x => x.FinishReason, (FinishReason?)FinishReason.Interrupted)
                .SetProperty(x => x.FailureCode, (FailureCode?)FailureCode.Interrupted)
                .SetProperty(x => x.FailureMessage, "The server went away while it answered.")
                .SetProperty(x => x.EndedAt, (DateTimeOffset?)now));
        if (ended > 0)
            await db.IndexAsync(answer.OwnerId, answer.ConversationId, answer.Id, end.Terms);
        return ended;
    }

    private static IQueryable<UnendedAnswer> Unended(IQueryable<Message> messages) => messages.IgnoreQueryFilters()
        .Where(m => m.Role == MessageRole.Assistant && m.FinishReason == null)
        .Select(m => new UnendedAnswer(m.Id, m.OwnerId, m.ConversationId, m.InstanceId, m.Text, m.Frames));

    private sealed record End(
        UnendedAnswer Answer, string Text, string? Reasoning, string? Frames, int Tokens, IReadOnlyCollection<string> Terms);
}
