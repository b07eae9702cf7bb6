using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>What the model is doing: <c>status.phase</c>. A phase begins only when its cause has been observed.</summary>
internal enum Phase
{
    /// <summary>Nothing has been received yet.</summary>
    [JsonStringEnumMemberName("analyzing")] Analyzing,

    /// <summary>Bytes or reasoning have been received, but no text.</summary>
    [JsonStringEnumMemberName("thinking")] Thinking,

    /// <summary>The model has asked for a tool.</summary>
    [JsonStringEnumMemberName("using-tool")] UsingTool,

    /// <summary>Text is being received.</summary>
    [JsonStringEnumMemberName("writing")] Writing,
}

/// <summary>How an answer ended: <c>finish.reason</c> and <c>finishReason</c>. Stored with the message.</summary>
public enum FinishReason
{
    /// <summary>The model finished the answer.</summary>
    [JsonStringEnumMemberName("completed")] Completed,

    /// <summary>The model reached its output limit.</summary>
    [JsonStringEnumMemberName("length")] Length,

    /// <summary>The user stopped it.</summary>
    [JsonStringEnumMemberName("stopped")] Stopped,

    /// <summary>A content filter stopped the prompt or the answer. There is a failure.</summary>
    [JsonStringEnumMemberName("filtered")] Filtered,

    /// <summary>The model, its service or this server failed. There is a failure.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>The server stopped or died, or the answer had no reader for too long.</summary>
    [JsonStringEnumMemberName("interrupted")] Interrupted,
}

/// <summary>What a content filter stopped: <c>failure.of</c>.</summary>
public enum FilteredPart
{
    /// <summary>What was sent to the model.</summary>
    [JsonStringEnumMemberName("prompt")] Prompt,

    /// <summary>What the model wrote.</summary>
    [JsonStringEnumMemberName("answer")] Answer,
}

/// <summary>Why an answer ended badly: <c>failure.code</c>.</summary>
public enum FailureCode
{
    /// <summary>
    /// The service answered 429, or did so a moment ago. The failure has <c>retryAfter</c> if there is a time to wait.
    /// </summary>
    [JsonStringEnumMemberName("rate_limited")] RateLimited,

    /// <summary>The quota or the budget of the deployment is used up. Waiting does not help.</summary>
    [JsonStringEnumMemberName("quota_exhausted")] QuotaExhausted,

    /// <summary>A content filter stopped the prompt or the answer.</summary>
    [JsonStringEnumMemberName("content_filter")] ContentFilter,

    /// <summary>The conversation is longer than the model can read.</summary>
    [JsonStringEnumMemberName("context_length_exceeded")] ContextLengthExceeded,

    /// <summary>No connection, no DNS name, a 5xx, or a connection that broke.</summary>
    [JsonStringEnumMemberName("model_unavailable")] ModelUnavailable,

    /// <summary>The model exceeded a time limit: to the first byte, between bytes, or in all.</summary>
    [JsonStringEnumMemberName("model_timeout")] ModelTimeout,

    /// <summary>The service answered with a 4xx that has no code of its own here.</summary>
    [JsonStringEnumMemberName("model_rejected")] ModelRejected,

    /// <summary>The service answered 401, 403 or 404: credentials, access or deployment are wrong.</summary>
    [JsonStringEnumMemberName("not_configured")] NotConfigured,

    /// <summary>The service's answer was not understood, was too large, or had no finish reason.</summary>
    [JsonStringEnumMemberName("malformed_response")] MalformedResponse,

    /// <summary>The answer is longer than this server takes: 4 MB of text and reasoning.</summary>
    [JsonStringEnumMemberName("too_long")] TooLong,

    /// <summary>The server stopped or died, or the answer had no reader for too long.</summary>
    [JsonStringEnumMemberName("interrupted")] Interrupted,

    /// <summary>A fault of this server.</summary>
    [JsonStringEnumMemberName("internal")] Internal,
}

/// <summary>Whether a generation still runs: <c>state</c> in JSON answers.</summary>
public enum AnswerState
{
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("ended")] Ended,
}
