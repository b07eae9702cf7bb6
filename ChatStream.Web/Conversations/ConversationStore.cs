using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Conversations, their messages and the keys of their starts. Each call names the owner on whose behalf it is made; the
/// context sees nothing of anybody else's, so what is another's is simply not there.
/// </summary>
internal sealed class ConversationStore(
    IChatDatabase database, StartWriter starts, CheckpointStore checkpoints, TokenCounter tokens, TimeProvider time)
{
    // The conversation first: a start that goes on with it locks it first, too.
    private const string End = """
        UPDATE "Conversations" SET "UpdatedAt" = @now WHERE "OwnerId" = @owner
            AND "Id" = (SELECT "ConversationId" FROM "Messages" WHERE "Id" = @id AND "OwnerId" = @owner AND "FinishReason" IS NULL);
        UPDATE "Messages" SET "Text" = @text, "Reasoning" = @reasoning, "Tokens" = @tokens, "FinishReason" = @finishReason,
            "FailureCode" = @failureCode, "FailureMessage" = @failureMessage, "RetryAfter" = @retryAfter,
            "InputTokens" = @inputTokens, "OutputTokens" = @outputTokens, "ReasoningTokens" = @reasoningTokens,
            "LastFrame" = @lastFrame, "FirstOutputAt" = @firstOutputAt, "FirstTextAt" = @firstTextAt, "EndedAt" = @now
        WHERE "Id" = @id AND "OwnerId" = @owner AND "FinishReason" IS NULL RETURNING "ConversationId"
        """;

    /// <summary>Makes the database ready, and gives every answer its end that a process which died left running.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        await checkpoints.RecoverAsync();
    }

    /// <summary>The generation that an earlier start with this key began, or null.</summary>
    /// <exception cref="RefusedException">422: the key came with another body.</exception>
    public async Task<string?> FindStartAsync(Owner owner, RepeatKey key, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        return await starts.FindAsync(db, key, cancellationToken);
    }

    /// <summary>Stores the message and the empty answer to it, or finds what an earlier start with the same key began.</summary>
    /// <param name="owner">Whose start it is.</param>
    /// <param name="command">What to start.</param>
    /// <param name="mayRejoin">Whether an identical request may attach to this generation.</param>
    /// <exception cref="RefusedException">The parent or conversation is not there, still runs, or the key came with another body.</exception>
    public Task<StartOutcome> StartAsync(Owner owner, StartCommand command, Func<string, bool> mayRejoin)
    {
        // Not in the transaction, for which everybody waits.
        var length = command.Request.Message is { } message ? tokens.Count(message) : 0;
        return database.WriteAsync(owner, db => starts.WriteAsync(db, owner, command, length, mayRejoin));
    }

    /// <summary>Forgets how to recognise a request's repeat: its answer was read to the end.</summary>
    public Task ForgetStartAsync(Owner owner, RepeatKey key, string generationId) =>
        // Not where a later start has taken the key over.
        database.WriteAsync(owner, db => db.StartKeys.Where(k => k.Key == key.Key && k.GenerationId == generationId).ExecuteDeleteAsync(CancellationToken.None));

    /// <summary>Stores an answer's end, whole.</summary>
    public Task EndAsync(Owner owner, EndedAnswer answer)
    {
        // Not in the transaction, for which everybody waits.
        var length = Message.IsSentToModels(answer.FinishReason) ? tokens.Count(answer.Text, answer.Usage) : 0;
        return database.WriteAsync(owner, db => EndAsync(db, owner, answer, length));
    }

    private async Task<bool> EndAsync(ChatDbContext db, Owner owner, EndedAnswer answer, int length)
    {
        // Deleted meanwhile, or given its end already: the first end recorded stays.
        if (await db.Command(End)
            .With("@id", answer.MessageId)
            .With("@text", answer.Text)
            .With("@reasoning", answer.Reasoning)
            .With("@tokens", length)
            .With("@finishReason", answer.FinishReason.ToString())
            .With("@failureCode", answer.Failure?.Code.ToString())
            .With("@failureMessage", answer.Failure?.Message)
            .With("@retryAfter", answer.Failure?.RetryAfter)
            .With("@inputTokens", answer.Usage?.InputTokens)
            .With("@outputTokens", answer.Usage?.OutputTokens)
            .With("@reasoningTokens", answer.Usage?.ReasoningTokens)
            .With("@lastFrame", answer.LastFrame)
            .With("@firstOutputAt", answer.FirstOutputAt)
            .With("@firstTextAt", answer.FirstTextAt)
            .With("@now", time.GetUtcNow())
            .ExecuteScalarAsync() is not string conversationId)
            return false;
        await db.IndexAsync(owner.Id, conversationId, answer.MessageId, answer.Text);
        return true;
    }

    public async Task<Message?> FindAnswerAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        var answer = db.Messages.Where(m => m.Id == id && m.Role == MessageRole.Assistant);
        var message = await answer.FirstOrDefaultAsync(cancellationToken);
        if (message is not { IsRunning: true })
            return message;

        // Its end waits to be stored: until then the journal has what is kept of it. That is read first, because it may go once
        // the end is stored.
        var kept = await CheckpointStore.ReadAsync(db, new HashSet<string> { id }, cancellationToken);
        message = await answer.FirstOrDefaultAsync(cancellationToken);
        if (message is { IsRunning: true })
            kept.GetValueOrDefault(id)?.AppendTo(message);
        return message;
    }

    /// <summary>The conversation and the path last shown; null where there is none.</summary>
    public async Task<ShownPath?> FindAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } conversation)
            return null;
        var messages = await db.Messages.Where(m => m.ConversationId == id).ToDictionaryAsync(m => m.Id, cancellationToken);
        return new ShownPath(conversation, MessageTree.PathTo(messages, conversation.LeafId))
        {
            ByParent = messages.Values.ToLookup(message => message.ParentId),
        };
    }

    /// <summary>Whether the database answers.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(default);
        return await db.Database.CanConnectAsync(cancellationToken);
    }
}

/// <summary>What is stored of an answer once it has ended.</summary>
internal sealed record EndedAnswer(
    string MessageId, string Text, string? Reasoning, FinishReason FinishReason, FailurePayload? Failure, UsagePayload? Usage, int LastFrame)
{
    public DateTimeOffset? FirstOutputAt { get; init; }
    public DateTimeOffset? FirstTextAt { get; init; }
}
