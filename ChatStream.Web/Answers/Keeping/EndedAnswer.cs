using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>What is stored of an answer when it has ended.</summary>
/// <param name="MessageId">The answer's id, which is also its generation's.</param>
/// <param name="Text">The whole text.</param>
/// <param name="Reasoning">The whole reasoning; null if there was none.</param>
/// <param name="FinishReason">How it ended.</param>
/// <param name="Failure">Why it ended badly; null if it did not.</param>
/// <param name="Usage">What it used, as the service counted or as it was estimated; null if it used nothing.</param>
/// <param name="LastFrame">The number of the log's last frame.</param>
internal sealed record EndedAnswer(
    string MessageId, string Text, string? Reasoning, FinishReason FinishReason, FailurePayload? Failure, UsagePayload? Usage,
    int LastFrame)
{
    /// <summary>
    /// The outline of the frames, as <see cref="FrameOutline"/> writes it; null where readers see frames before they are stored.
    /// </summary>
    public string? Frames { get; init; }

    /// <summary>The text of the answer that this one continues; empty if it continues none.</summary>
    public string Continues { get; init; } = "";

    /// <summary>The model's name in the catalogue.</summary>
    public string Model { get; init; } = "";

    /// <summary>The instance that the answer must belong to; null: this process as it is now.</summary>
    public string? InstanceId { get; init; }

    /// <summary>From the start to the first text; null: none came.</summary>
    public TimeSpan? FirstWord { get; init; }

    /// <summary>The name of the deployment that answered; null: none has begun.</summary>
    public string? Deployment { get; init; }

    /// <summary>The model that the service said answered; null: it said none.</summary>
    public string? AnsweredModel { get; init; }

    /// <summary>The reasoning as only the service can read it; null: there is none, or it is not kept.</summary>
    public string? EncryptedReasoning { get; init; }

    /// <summary>Tokens of its calls of tools and their results; 0: it has none.</summary>
    public int ToolTokens { get; init; }

    /// <summary>Its calls of tools, in order.</summary>
    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    /// <summary>When the first reasoning or text came.</summary>
    public DateTimeOffset? FirstOutputAt { get; init; }

    /// <summary>When the first text came.</summary>
    public DateTimeOffset? FirstTextAt { get; init; }
}
