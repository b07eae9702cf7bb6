using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>What the model is doing, as <c>status.phase</c>. No phase is shown without its cause.</summary>
internal enum Phase
{
    /// <summary>Nothing has been received yet.</summary>
    [JsonStringEnumMemberName("analyzing")] Analyzing,

    /// <summary>Bytes or reasoning have been received, no text.</summary>
    [JsonStringEnumMemberName("thinking")] Thinking,

    [JsonStringEnumMemberName("using-tool")] UsingTool,

    /// <summary>Text is being received.</summary>
    [JsonStringEnumMemberName("writing")] Writing,
}

/// <summary>How an answer ended, as <c>finish.reason</c>: a closed set, stored with the message.</summary>
public enum FinishReason
{
    [JsonStringEnumMemberName("completed")] Completed,

    /// <summary>The model reached its output limit.</summary>
    [JsonStringEnumMemberName("length")] Length,

    /// <summary>The user stopped it.</summary>
    [JsonStringEnumMemberName("stopped")] Stopped,

    /// <summary>The prompt or the answer was stopped by a content filter.</summary>
    [JsonStringEnumMemberName("filtered")] Filtered,

    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>The server or all readers went away.</summary>
    [JsonStringEnumMemberName("interrupted")] Interrupted,
}

/// <summary>Why an answer ended badly, as <c>failure.code</c>: a closed set.</summary>
public enum FailureCode
{
    /// <summary>429; the failure carries <c>retryAfter</c> where the service told.</summary>
    [JsonStringEnumMemberName("rate_limited")] RateLimited,

    [JsonStringEnumMemberName("content_filter")] ContentFilter,

    [JsonStringEnumMemberName("context_length_exceeded")] ContextLengthExceeded,

    /// <summary>Connect, DNS, 5xx, or a connection that broke.</summary>
    [JsonStringEnumMemberName("model_unavailable")] ModelUnavailable,

    [JsonStringEnumMemberName("model_timeout")] ModelTimeout,

    /// <summary>A 4xx that no other code names.</summary>
    [JsonStringEnumMemberName("model_rejected")] ModelRejected,

    /// <summary>401, 403, 404.</summary>
    [JsonStringEnumMemberName("not_configured")] NotConfigured,

    [JsonStringEnumMemberName("malformed_response")] MalformedResponse,

    [JsonStringEnumMemberName("interrupted")] Interrupted,

    [JsonStringEnumMemberName("internal")] Internal,
}

/// <summary>Whether a generation still runs, as <c>state</c> in JSON answers.</summary>
public enum AnswerState
{
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("ended")] Ended,
}
