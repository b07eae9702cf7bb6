using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Running;

/// <summary>What an answer used that the service has not counted.</summary>
/// <param name="SentTokens">Of all that was sent to the model, as the context counts them.</param>
/// <param name="Told">What the service counted before it went on; null: nothing.</param>
/// <param name="Text">The text that came since then.</param>
/// <param name="Reasoning">The reasoning that came since then; null if none came.</param>
internal sealed record UncountedUse(long SentTokens, UsagePayload? Told, string Text, string? Reasoning)
{
    /// <summary>Whether nothing was counted of the last request, but of those before.</summary>
    public bool IsFurther { get; init; }

    /// <summary>
    /// Whether a service that has not begun to answer has read the request all the same. It has not if it could not be reached,
    /// or if it refused the request before it worked on it.
    /// </summary>
    public static bool IsLikely(GenerationEnd end) => end.Reason switch
    {
        FinishReason.Failed => end.Failure?.Code is FailureCode.ModelTimeout or FailureCode.ContextLengthExceeded,
        _ => true,
    };
}
