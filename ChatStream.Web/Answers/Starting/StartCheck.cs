using System.Text;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Refuses starts for reasons that need no look at the database.</summary>
internal sealed class StartCheck(
    ModelCatalog catalog, TokenCounter tokens, Manners manners, GenerationDrain drain, Lease lease)
{
    /// <summary>The name of the model that is to answer.</summary>
    /// <param name="request">Names it, or leaves it to the conversation.</param>
    /// <param name="last">The model that the conversation was with last; null: none.</param>
    /// <param name="rights">The sender's.</param>
    /// <exception cref="RefusedException">
    /// 400: there is no such model for this sender; 403: there is none at all.
    /// </exception>
    public string Model(StartRequest request, string? last, Rights rights) => request.Model is not { } name
        ? (catalog.Find(last ?? "", rights) ?? catalog.For(rights).FirstOrDefault())?.Name
            ?? throw new RefusedException(403, "model", "The settings leave no model to this user.", "no_model")
        : catalog.Find(name, rights)?.Name
            ?? throw new RefusedException(400, "model", "There is no such model. GET /models lists those there are.",
                "unknown_model");

    /// <summary>Checks what the start changes of the conversation's manner, as far as it costs nothing.</summary>
    /// <returns>The change as it is stored.</returns>
    /// <exception cref="RefusedException">400, with the field.</exception>
    public MannerChange Manner(StartRequest request, string model) => manners.Check(request.Manner, model);

    /// <summary>Counts the tokens of the system prompt that the start brings.</summary>
    /// <returns>0 where there is none.</returns>
    /// <exception cref="RefusedException">400: it is too long.</exception>
    public Task<int> SystemPromptTokensAsync(MannerChange change, string model, CancellationToken cancellationToken) =>
        manners.CountAsync(change, model, cancellationToken);

    /// <summary>Checks the message and the ids, as far as it costs nothing.</summary>
    /// <exception cref="RefusedException">400 or 404, with the field.</exception>
    public void Message(StartRequest request, string model)
    {
        // PostgreSQL refuses a parameter that has a NUL in it.
        if (HasNul(request.ConversationId))
            throw new RefusedException(404, "conversationId", "There is no such conversation.", "unknown_conversation");
        if (HasNul(request.ParentId))
            throw new RefusedException(404, "parentId", "There is no such message or conversation.", "unknown_message");
        if (request is { FolderId: not null, Temporary: true })
        {
            throw new RefusedException(
                400, "folderId", "A temporary conversation stands in no folder.", "temporary");
        }
        if (request is { FolderId: not null } and not { ConversationId: null, ParentId: null })
        {
            throw new RefusedException(
                400, "folderId", "Only a new conversation is put into a folder here. PATCH /conversations/{id} moves another.");
        }
        if (request.Message is not { } message)
            return;
        if (!VisibleText.IsIn(message))
            throw new RefusedException(400, "message", "The message is empty.", "message_empty");
        if (HasNul(message))
            throw new RefusedException(400, "message", "The message has a NUL character in it.", "message_has_nul");
        if (Encoding.UTF8.GetByteCount(message) > 2L * manners.RoomFor(model) * TokenCounter.LongestToken)
            throw FarTooLong(manners.RoomFor(model));
    }

    /// <summary>
    /// Counts the tokens of the message. It stops at twice what fits: a message that is far too long must not cost more than
    /// that. The manner of the conversation, which is not known yet, may leave less room.
    /// </summary>
    /// <returns>The message's length in tokens; 0 where there is no message.</returns>
    /// <exception cref="RefusedException">400: the message is too long.</exception>
    public async Task<int> MessageTokensAsync(StartRequest request, string model, CancellationToken cancellationToken)
    {
        if (request.Message is not { } message)
            return 0;
        var most = manners.RoomFor(model);
        var length = await tokens.CountAsync(message, 2L * most, cancellationToken) ?? throw FarTooLong(most);
        return length <= most ? length : throw TooLong("message", length, most);
    }

    /// <summary>The tokens of a message with its files.</summary>
    /// <exception cref="RefusedException">400: they do not fit together.</exception>
    public int WithFiles(int message, long files, string model)
    {
        var most = manners.RoomFor(model);
        return message + files <= most ? message + (int)files : throw StartFiles.TooLong(message + files, most);
    }

    /// <summary>The refusal of a message that does not fit.</summary>
    public static RefusedException TooLong(string field, int length, int most) => new(
        400, field, $"The message is {length} tokens long; at most {most} fit.", "message_too_long", length, most);

    /// <exception cref="RefusedException">503: the server is stopping.</exception>
    public void RefuseWhenStopping()
    {
        if (drain.IsStopping)
            throw new RefusedException(
                new Refusal(503, Field: null, "The server is stopping.")
                {
                    Code = "server_stopping",
                    RetryAfter = 5,
                    IsOfThisInstance = true,
                });
    }

    /// <exception cref="RefusedException">503: the other instances take this one for dead, or may soon.</exception>
    public void RefuseWhenDead()
    {
        if (!lease.IsHeld)
            throw new RefusedException(
                new Refusal(503, Field: null, "This server has lost the database. Nothing was started.")
                {
                    Code = "not_stored",
                    RetryAfter = 5,
                });
    }

    private static RefusedException FarTooLong(int most) => new(
        400, "message", $"The message is more than twice as long as fits; at most {most} tokens fit.",
        "message_far_too_long", most);

    private static bool HasNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;
}
