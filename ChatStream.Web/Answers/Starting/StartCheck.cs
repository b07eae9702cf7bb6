using System.Text;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Refuses starts for reasons that need no look at the database.</summary>
internal sealed class StartCheck(
    ModelCatalog catalog, TokenCounter tokens, PromptRoom room, GenerationDrain drain, Lease lease)
{
    /// <summary>The name of the model that is to answer.</summary>
    /// <exception cref="RefusedException">400: there is no such model.</exception>
    public string Model(StartRequest request) => request.Model is not { } name
        ? catalog.Default.Name
        : catalog.Find(name)?.Name
            ?? throw new RefusedException(400, "model", "There is no such model. GET /models lists those there are.",
                "unknown_model");

    /// <summary>Checks that the model takes the effort that is asked for.</summary>
    /// <exception cref="RefusedException">400: it does not.</exception>
    public void Effort(StartRequest request, string model)
    {
        if (request.Effort is not { } effort || catalog.Find(model)!.Efforts is var known && known.Contains(effort))
            return;
        throw new RefusedException(400, "effort", known.Count == 0
            ? "This model takes no effort."
            : $"This model does not take that effort. It takes {string.Join(", ", known)}.", "unknown_effort");
    }

    /// <summary>Checks the message and the ids, as far as it costs nothing.</summary>
    /// <exception cref="RefusedException">400 or 404, with the field.</exception>
    public void Message(StartRequest request)
    {
        // PostgreSQL refuses a parameter that has a NUL in it.
        if (HasNul(request.ConversationId))
            throw new RefusedException(404, "conversationId", "There is no such conversation.", "unknown_conversation");
        if (HasNul(request.ParentId))
            throw new RefusedException(404, "parentId", "There is no such message or conversation.", "unknown_message");
        if (request.Message is not { } message)
            return;
        if (!VisibleText.IsIn(message))
            throw new RefusedException(400, "message", "The message is empty.", "message_empty");
        if (HasNul(message))
            throw new RefusedException(400, "message", "The message has a NUL character in it.", "message_has_nul");
        if (Encoding.UTF8.GetByteCount(message) > MostCounted * TokenCounter.LongestToken)
            throw FarTooLong();
    }

    /// <summary>
    /// Counts the tokens of the message. It stops at twice what fits: a message that is far too long must not cost more than
    /// that.
    /// </summary>
    /// <returns>The message's length in tokens; 0 where there is no message.</returns>
    /// <exception cref="RefusedException">400: the message is too long.</exception>
    public async Task<int> MessageTokensAsync(StartRequest request, CancellationToken cancellationToken)
    {
        if (request.Message is not { } message)
            return 0;
        var length = await tokens.CountAsync(message, MostCounted, cancellationToken) ?? throw FarTooLong();
        return length <= room.Tokens ? length : throw new RefusedException(
            400, "message", $"The message is {length} tokens long; at most {room.Tokens} fit.", "message_too_long",
            length, room.Tokens);
    }

    /// <exception cref="RefusedException">503: the server is stopping.</exception>
    public void RefuseWhenStopping()
    {
        if (drain.IsStopping)
            throw new RefusedException(
                new Refusal(503, Field: null, "The server is stopping.") { Code = "server_stopping", RetryAfter = 5 });
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

    private long MostCounted => 2L * room.Tokens;

    private RefusedException FarTooLong() => new(
        400, "message", $"The message is more than twice as long as fits; at most {room.Tokens} tokens fit.",
        "message_far_too_long", room.Tokens);

    private static bool HasNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;
}
