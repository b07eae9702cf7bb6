using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Usage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// Ends answers that no process runs, as <c>interrupted</c>. Each gets the text that the journal has of it.
/// </summary>
internal sealed class Orphans(IChatDatabase database, TokenCounter tokens, PromptRoom room, UsageMeter usage, TimeProvider time)
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
        return await Unended(db, db.Messages).TagWith(Tag).ToListAsync(cancellationToken);
    }

    /// <summary>The answer with this id, of any user, if it has no end.</summary>
    public async Task<UnendedAnswer?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(default);
        return await Unended(db, db.Messages.Where(m => m.Id == id)).FirstOrDefaultAsync(cancellationToken);
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
        var kept = await KeptAnswers.ReadAsync(database, answers, CancellationToken.None);
        foreach (var some in answers.Chunk(AnswersAtOnce))
        {
            // Counted and taken apart before the transaction, for which all writers wait.
            var ends = some.Where(answer => kept.ContainsKey(answer.Id)).Select(answer => ToEnd(answer, kept[answer.Id]))
                .ToList();
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

    private End ToEnd(UnendedAnswer answer, KeptAnswer kept)
    {
        // Nobody knows what the service counted. Without a word it may not have been asked.
        // What was counted before a call has the text up to there. The request after it may have been made.
        var used = kept.Text.Length == 0 && kept.Reasoning is null && kept.Usage is null ? null : usage.Estimate(
            kept.Usage is null ? new UncountedUse(SentTokens(kept), Told: null, kept.Text, kept.Reasoning)
                : new UncountedUse(SentTokens(kept), kept.Usage, "", Reasoning: null) { IsFurther = true },
            kept.Model);
        var length = tokens.Count(kept.Text, used) + kept.ToolTokens;
        return new End(answer, kept, length, used, SearchTerms.Of(kept.Text, kept.Continues));
    }

    private long SentTokens(KeptAnswer kept) =>
        room.PromptTokens + ContextBuilder.SentOf(kept.ParentPathTokens, room.TokensFor(modelContext: null));

    private async Task<int> EndAsync(ChatDbContext db, End end)
    {
        var (answer, kept, now) = (end.Answer, end.Kept, time.GetUtcNow());
        var frames = kept.Frames is { } outline && FrameOutline.Fits(outline, kept.Text, kept.Reasoning, kept.Tools)
            ? outline : null;
        var (cost, currency) = (end.Usage?.Cost?.Amount, end.Usage?.Cost?.Currency);
        // It belongs to no process from now on, so a late end of its former owner finds nothing to change.
        var ended = await db.Messages.IgnoreQueryFilters()
            .Where(m => m.Id == answer.Id && m.FinishReason == null && m.InstanceId == answer.InstanceId)
            .ExecuteUpdateAsync(m => m
                .SetProperty(x => x.InstanceId, (string?)null)
                .SetProperty(x => x.Text, kept.Text)
                .SetProperty(x => x.Reasoning, kept.Reasoning)
                .SetProperty(x => x.Frames, frames)
                .SetProperty(x => x.LastFrame, FrameOutline.LastFrameOf(frames, end.Usage is not null))
                .SetProperty(x => x.Tokens, end.Tokens)
                .SetProperty(
                    x => x.PathTokens,
                    x => end.Tokens + db.Messages.IgnoreQueryFilters().Where(p => p.Id == x.ParentId).Sum(p => p.PathTokens))
                .SetProperty(x => x.InputTokens, end.Usage?.InputTokens)
                .SetProperty(x => x.OutputTokens, end.Usage?.OutputTokens)
                .SetProperty(x => x.ReasoningTokens, end.Usage?.ReasoningTokens)
                .SetProperty(x => x.IsUsageEstimated, end.Usage is not null)
                .SetProperty(x => x.Cost, cost)
                .SetProperty(x => x.Currency, currency)
                .SetProperty(x => x.FinishReason, (FinishReason?)FinishReason.Interrupted)
                .SetProperty(x => x.FailureCode, (FailureCode?)FailureCode.Interrupted)
                .SetProperty(x => x.FailureMessage, "The server went away while it answered.")
                .SetProperty(x => x.EndedAt, (DateTimeOffset?)now));
        if (ended > 0)
        {
            if (!await db.Conversations.IgnoreQueryFilters().AnyAsync(c => c.Id == answer.ConversationId && c.IsTemporary))
                await db.IndexAsync(answer.OwnerId, answer.ConversationId, answer.Id, end.Terms);
            if (kept.ToolTokens > 0)
                await ToolStore.SettleAsync(db, answer.Id, now);
            await UsageTally.AddAsync(db, answer.Id, firstWord: null, now);
        }
        return ended;
    }

    // A deleted conversation has another owner, and its messages do not.
    private static IQueryable<UnendedAnswer> Unended(ChatDbContext db, IQueryable<Message> messages) =>
        messages.IgnoreQueryFilters().Where(m => m.Role == MessageRole.Assistant && m.FinishReason == null)
            .Select(m => new UnendedAnswer(m.Id, m.OwnerId, m.ConversationId, m.InstanceId,
                db.Conversations.Any(c => c.Id == m.ConversationId && c.OwnerId != m.OwnerId)));

    private sealed record End(
        UnendedAnswer Answer, KeptAnswer Kept, int Tokens, UsagePayload? Usage, IReadOnlyCollection<string> Terms);
}
