using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Usage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>Stores how an answer ended, with its whole text.</summary>
internal sealed class EndStore(IChatDatabase database, TokenCounter tokens, Instance instance, TimeProvider time)
{
    private const int MostAttempts = 3;

    // The conversation comes first: a start that goes on with it also locks it first. Returns the conversation in whose search
    // index the text goes: of a temporary one, an empty text.
    private const string End = """
        UPDATE "Conversations" SET "UpdatedAt" = @now WHERE "OwnerId" = @owner
            AND "Id" = (SELECT "ConversationId" FROM "Messages" WHERE "Id" = @id AND "OwnerId" = @owner
                AND "InstanceId" = @instance AND ("FinishReason" IS NULL OR @replaces));
        UPDATE "Messages" SET "Text" = @text, "Reasoning" = @reasoning, "Tokens" = @tokens, "FinishReason" = @finishReason,
            "FailureCode" = @failureCode, "FailureMessage" = @failureMessage, "FailureCategories" = @failureCategories,
            "FailureOf" = @failureOf, "IsWithdrawn" = @isWithdrawn, "RetryAfter" = @retryAfter,
            "InputTokens" = @inputTokens, "OutputTokens" = @outputTokens, "ReasoningTokens" = @reasoningTokens,
            "CachedTokens" = @cachedTokens, "IsUsageEstimated" = @isUsageEstimated,
            "Cost" = @cost, "Currency" = @currency,
            "PathTokens" = @pathTokens + COALESCE(
                (SELECT p."PathTokens" - (CASE WHEN @refusesQuestion AND p."PathTokens" > 0 THEN p."Tokens" ELSE 0 END)
                FROM "Messages" AS p WHERE p."Id" = "Messages"."ParentId" AND p."OwnerId" = @owner), 0),
            "Deployment" = @deployment, "AnsweredModel" = @answeredModel, "EncryptedReasoning" = @encryptedReasoning,
            "LastFrame" = @lastFrame, "Frames" = @frames, "FirstOutputAt" = @firstOutputAt, "FirstTextAt" = @firstTextAt,
            "EndedAt" = @now
        WHERE "Id" = @id AND "OwnerId" = @owner AND "InstanceId" = @instance AND ("FinishReason" IS NULL OR @replaces)
        RETURNING CASE WHEN (SELECT c."IsTemporary" FROM "Conversations" AS c WHERE c."Id" = "ConversationId") THEN ''
            ELSE "ConversationId" END
        """;

    private const string EarlierOne = """
        SELECT "FinishReason", "FailureCode", "EndedAt" FROM "Messages"
        WHERE "Id" = @id AND "OwnerId" = @owner AND "InstanceId" = @instance AND "FinishReason" IS NOT NULL
        """;

    private const string WhoseEnd = """
        SELECT "InstanceId" = @instance AND "FinishReason" = @finishReason
            AND "FailureCode" IS NOT DISTINCT FROM @failureCode FROM "Messages" WHERE "Id" = @id AND "OwnerId" = @owner
        """;

    private const string Unindex = """
        DELETE FROM "SearchDocuments" WHERE "ConversationId" = @conversation AND "MessageId" = @id
        """;

    /// <summary>
    /// Stores the end, as long as the answer belongs to the instance as which it was begun. The first end stored stays. A commit
    /// without an answer is tried again: if it was kept, the next attempt finds it.
    /// </summary>
    /// <param name="owner">The user.</param>
    /// <param name="answer">The end, with the whole text.</param>
    /// <param name="replaces">
    /// Whether the readers were told this end before it was stored. Then it replaces one that this process stored without
    /// learning of it.
    /// </param>
    /// <exception cref="StorageException">The database did not take it, or did not say whether it did.</exception>
    public async Task<EndOutcome> EndAsync(Owner owner, EndedAnswer answer, bool replaces = false)
    {
        // Counted and taken apart before the transaction, for which all writers wait.
        var length = tokens.Count(answer.Text, answer.Usage) + SentToolTokens(answer);
        var terms = SearchTerms.Of(answer.Text, answer.Continues);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await database.WriteAsync(owner, db => EndAsync(db, owner, answer, replaces, length, terms));
            }
            catch (StorageException fault) when (fault is { IsUnknown: true, IsTimeout: false } && attempt < MostAttempts)
            {
            }
        }
    }

    // Results that the service refused are left out of what is sent later, and so must not fill the budget.
    private int SentToolTokens(EndedAnswer answer) =>
        !Message.RefusesResults(answer.Failure?.Code, answer.Failure?.Of) ? answer.ToolTokens
        : answer.Calls.Sum(call => tokens.CountText(call.Name + call.Arguments) + ToolCall.TokensOfNoResult);

    private async Task<EndOutcome> EndAsync(
        ChatDbContext db, Owner owner, EndedAnswer answer, bool replaces, int length, IReadOnlyCollection<string> terms)
    {
        var (now, owning) = (time.GetUtcNow(), answer.InstanceId ?? instance.Id);
        var earlier = replaces ? await EarlierEndAsync(db, answer.MessageId, owning) : null;
        if (await db.Command(End)
            .With("@id", answer.MessageId)
            .With("@instance", owning)
            .With("@replaces", replaces)
            .With("@text", answer.Text)
            .With("@reasoning", answer.Reasoning)
            .With("@tokens", length)
            .With("@finishReason", answer.FinishReason.ToString())
            .With("@failureCode", answer.Failure?.Code.ToString())
            .With("@failureMessage", answer.Failure?.Message)
            .With("@failureCategories", FailedCategories.Join(answer.Failure))
            .With("@failureOf", answer.Failure?.Of?.ToString())
            .With("@isWithdrawn", answer.Failure?.Withdrawn == true)
            .With("@retryAfter", answer.Failure?.RetryAfter)
            .With("@inputTokens", answer.Usage?.InputTokens)
            .With("@outputTokens", answer.Usage?.OutputTokens)
            .With("@reasoningTokens", answer.Usage?.ReasoningTokens)
            .With("@cachedTokens", answer.Usage?.CachedTokens)
            .With("@isUsageEstimated", answer.Usage?.Estimated == true)
            .WithCost("@cost", answer.Usage?.Cost?.Amount)
            .With("@currency", answer.Usage?.Cost?.Currency)
            .With("@pathTokens",
                Message.IsSentToModels(answer.FinishReason, answer.ToolTokens)
                    && (answer.Text.Length > 0 || answer.ToolTokens > 0) ? length : 0)
            .With("@refusesQuestion", Message.RefusesQuestion(answer.Failure, answer.ToolTokens))
            .With("@deployment", answer.Deployment)
            .With("@answeredModel", answer.AnsweredModel)
            .With("@encryptedReasoning", answer.EncryptedReasoning)
            .With("@lastFrame", answer.LastFrame)
            .With("@frames", answer.Frames)
            .With("@firstOutputAt", answer.FirstOutputAt)
            .With("@firstTextAt", answer.FirstTextAt)
            .With("@now", now)
            .ExecuteScalarAsync() is not string conversationId)
        {
            var outcome = await WhyNotAsync(db, answer, owning);
            if (outcome == EndOutcome.Gone)
            {
                await UsageTally.AddDeletedAsync(db, owner.Id, new CountedAnswer(
                    answer.Model, answer.FinishReason, answer.Failure?.Code, answer.Usage, answer.FirstWord), now);
            }
            return outcome;
        }
        if (answer.ToolTokens > 0)
            await ToolStore.SettleAsync(db, answer.MessageId, now);
        if (earlier is null)
            await UsageTally.AddAsync(db, answer.MessageId, answer.FirstWord, now);
        else
            await UsageTally.ReplaceEndAsync(db, answer.MessageId, earlier, now);
        if (conversationId.Length == 0)
            return EndOutcome.Stored;
        if (replaces)
            await db.Command(Unindex).With("@conversation", conversationId).With("@id", answer.MessageId).ExecuteNonQueryAsync();
        await db.IndexSoonAsync(owner.Id, conversationId, answer.MessageId, terms);
        return EndOutcome.Stored;
    }

    private static async Task<EarlierEnd?> EarlierEndAsync(ChatDbContext db, string id, string owning)
    {
        await using var rows = await db.Command(EarlierOne).With("@id", id).With("@instance", owning).ExecuteReaderAsync();
        return await rows.ReadAsync()
            ? new EarlierEnd(rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetString(1),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(2)))
            : null;
    }

    // An answer that another process has ended, or has taken over, no longer names that instance. One that has another end of the
    // same instance keeps that: readers may have been told it.
    private static async Task<EndOutcome> WhyNotAsync(ChatDbContext db, EndedAnswer answer, string owning)
    {
        await using var rows = await db.Command(WhoseEnd).With("@id", answer.MessageId).With("@instance", owning)
            .With("@finishReason", answer.FinishReason.ToString()).With("@failureCode", answer.Failure?.Code.ToString())
            .ExecuteReaderAsync();
        return !await rows.ReadAsync() ? EndOutcome.Gone
            : !rows.IsDBNull(0) && rows.GetBoolean(0) ? EndOutcome.Stored
            : EndOutcome.Lost;
    }
}
