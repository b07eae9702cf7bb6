using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;

namespace ChatStream.Web.Answers.Starting;

/// <summary>A start that was checked, as <see cref="StartStore"/> stores it.</summary>
/// <param name="Request">What the client asked for.</param>
/// <param name="Model">The model that will answer, by its name in the catalogue.</param>
/// <param name="GenerationId">The new answer's id.</param>
/// <param name="Key">How a repeat is recognised; null: never.</param>
/// <param name="Tokens">The message's length in tokens, with its files; 0 where there is no message.</param>
internal sealed record StartCommand(StartRequest Request, string Model, string GenerationId, RepeatKey? Key, int Tokens)
{
    /// <summary>Whether the model sees images.</summary>
    public bool SeesImages { get; init; } = true;

    /// <summary>The earlier generation under the same key that this start replaces; null: an earlier one is a repeat.</summary>
    public string? Replaces { get; init; }

    /// <summary>What the start changes of the conversation's manner, as it is stored.</summary>
    public MannerChange Manner { get; init; }

    /// <summary>The length of the system prompt that it brings, in tokens; 0 where it brings none.</summary>
    public int SystemPromptTokens { get; init; }

    /// <summary>Whether readers see frames only once they are stored. The stored answer then has their outline.</summary>
    public bool IsShownAfterCommit { get; init; }
}

/// <summary>What a start led to.</summary>
/// <param name="GenerationId">The generation to attach to.</param>
/// <param name="New">What was stored; null where the start was a repeat.</param>
/// <param name="Asked">How the model is to be asked; null where the start was a repeat.</param>
/// <param name="HasSummaries">Whether the conversation has summaries.</param>
/// <param name="HasFiles">Whether messages of the conversation have files.</param>
/// <param name="HasTools">Whether earlier answers of the conversation have called tools.</param>
internal sealed record StartOutcome(
    string GenerationId, StartPayload? New, AskedManner? Asked = null, bool HasSummaries = false, bool HasFiles = false,
    bool HasTools = false)
{
    /// <summary>The instance that the answer belongs to; null where the start was a repeat.</summary>
    public string? InstanceId { get; init; }

    /// <summary>What the model is sent, where it is the first message alone; null: it has to be read.</summary>
    public PromptContext? Context { get; init; }
}
