using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>Stores how an answer ended, with its whole text.</summary>
internal sealed class EndStore(IChatDatabase database, TokenCounter tokens, TimeProvider time)
{
    // The conversation comes first: a start that goes on with it also locks it first.
    private const string End = """
        UPDATE "Conversations" SET "UpdatedAt" = @now WHERE "OwnerId" = @owner
            AND "Id" = (SELECT "ConversationId" FROM "Messages" WHERE "Id" = @id AND "OwnerId" = @owner AND "FinishReason" IS NULL);
        UPDATE "Messages" SET "Text" = @text, "Reasoning" = @reasoning, "Tokens" = @tokens, "FinishReason" = @finishReason,
            "FailureCode" = @failureCode, "FailureMessage" = @failureMessage, "FailureCategories" = @failureCategories,
            "RetryAfter" = @retryAfter,
            "InputTokens" = @inputTokens, "OutputTokens" = @outputTokens, "ReasoningTokens" = @reasoningTokens,
            "LastFrame" = @lastFrame, "Frames" = @frames, "FirstOutputAt" = @firstOutputAt, "FirstTextAt" = @firstTextAt,
            "EndedAt" = @now
        WHERE "Id" = @id AND "OwnerId" = @owner AND "FinishReason" IS NULL RETURNING "ConversationId"
        """;

    /// <summary>Stores the end, unless the answer was deleted or has its end already: the first end stored stays.</summary>
    /// <exception cref="StorageException">The database did not take it.</exception>
    public Task EndAsync(Owner owner, EndedAnswer answer)
    {
        // Counted and taken apart before the transaction, for which all writers wait.
        var length = tokens.Count(answer.Text, answer.Usage);
        var terms = SearchTerms.Of(answer.Text);
        return database.WriteAsync(owner, db => EndAsync(db, owner, answer, length, terms));
    }

    private async Task<bool> EndAsync(
        ChatDbContext db, Owner owner, EndedAnswer answer, int length, IReadOnlyCollection<string> terms)
    {
        if (await db.Command(End)
            .With("@id", answer.MessageId)
            .With("@text", answer.Text)
            .With("@reasoning", answer.Reasoning)
            .With("@tokens", length)
            .With("@finishReason", answer.FinishReason.ToString())
            .With("@failureCode", answer.Failure?.Code.ToString())
            .With("@failureMessage", answer.Failure?.Message)
            .With("@failureCategories", Message.Joined(answer.Failure?.Categories))
            .With("@retryAfter", answer.Failure?.RetryAfter)
            .With("@inputTokens", answer.Usage?.InputTokens)
            .With("@outputTokens", answer.Usage?.OutputTokens)
            .With("@reasoningTokens", answer.Usage?.ReasoningTokens)
            .With("@lastFrame", answer.LastFrame)
            .With("@frames", answer.Frames)
            .With("@firstOutputAt", answer.FirstOutputAt)
            .With("@firstTextAt", answer.FirstTextAt)
            .With("@now", time.GetUtcNow())
            .ExecuteScalarAsync() is not string conversationId)
            return false;
        await db.IndexAsync(owner.Id, conversationId, answer.MessageId, terms);
        return true;
    }
}
