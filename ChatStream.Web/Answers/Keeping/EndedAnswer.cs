using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>What is stored of an answer when it has ended.</summary>
/// <param name="MessageId">The answer's id, which is also its generation's.</param>
/// <param name="Text">The whole text.</param>
/// <param name="Reasoning">The whole reasoning; null if there was none.</param>
/// <param name="FinishReason">How it ended.</param>
/// <param name="Failure">Why it ended badly; null if it did not.</param>
/// <param name="Usage">Tokens as the service counted them; null if it did not say.</param>
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

    /// <summary>The name of the deployment that answered; null: none has begun.</summary>
    public string? Deployment { get; init; }

    /// <summary>The model that the service said answered; null: it said none.</summary>
    public string? AnsweredModel { get; init; }

    /// <summary>When the first reasoning or text came.</summary>
    public DateTimeOffset? FirstOutputAt { get; init; }

    /// <summary>When the first text came.</summary>
    public DateTimeOffset? FirstTextAt { get; init; }
}
