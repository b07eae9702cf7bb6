using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>How a call of a tool stands: <c>tool.state</c>.</summary>
public enum ToolState
{
    /// <summary>The user is asked whether the call may be made.</summary>
    [JsonStringEnumMemberName("asked")] Asked,

    /// <summary>The call is being made.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>It has a result.</summary>
    [JsonStringEnumMemberName("done")] Done,

    /// <summary>It has none. Its <c>result</c> says why, and whether it may have been made all the same.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>The user, or a time without an answer, has denied it. It was not made.</summary>
    [JsonStringEnumMemberName("denied")] Denied,
}

/// <summary>What a user decides about a call that asks first: <c>decision</c>.</summary>
public enum ToolVerdict
{
    [JsonStringEnumMemberName("allow")] Allow,
    [JsonStringEnumMemberName("deny")] Deny,
}

/// <summary>For how long a decision holds: <c>remember</c>.</summary>
public enum ToolMemory
{
    /// <summary>Later calls of the same tool in the same conversation are not asked for.</summary>
    [JsonStringEnumMemberName("conversation")] Conversation,
}

/// <summary>
/// Data of <c>tool</c>: a call of a tool and how it stands now. Also a member of a list <c>tools</c>, with all that is known.
/// </summary>
/// <param name="CallId">16 URL-safe characters. Each call has its own.</param>
/// <param name="Name">The tool's name, as the model was told it.</param>
/// <param name="State">How it stands.</param>
/// <param name="Arguments">
/// The JSON that the model wrote, as a text; it may be broken. In the call's first frame, and in <c>running</c>.
/// </param>
/// <param name="Result">
/// What the model is told, as a text; what is too long is cut. With <c>done</c>, <c>failed</c> and <c>denied</c>.
/// </param>
/// <param name="At">In a list only: how many UTF-16 units of the answer's text were written before the call.</param>
public sealed record ToolPayload(
    string CallId, string Name, ToolState State, string? Arguments = null, string? Result = null, int? At = null)
{
    /// <summary>
    /// In a list only: which of the model's requests it is of, from 1. Calls of one round are made side by side.
    /// </summary>
    public int? Round { get; init; }

    /// <summary>
    /// With <c>failed</c>: the name of the tool server that needs the user's permission first, at
    /// <c>/tools/{permission}/authorize</c>.
    /// </summary>
    public string? Permission { get; init; }

    /// <summary>With <c>done</c> and <c>failed</c>: the ids of the images that are part of the result.</summary>
    public IReadOnlyList<string>? Files { get; init; }
}

/// <summary>A tool server that works with each user's own permission.</summary>
/// <param name="Server">Its name in the settings.</param>
/// <param name="GivenAt">When the user gave it; null: it is not given.</param>
/// <param name="IsOfUse">Whether it still is. The settings may have changed since, or its tokens have ended.</param>
public sealed record PermittedServer(string Server, DateTimeOffset? GivenAt, bool IsOfUse);

/// <summary>The body of <c>POST /chat/stream/{generationId}/tools/{callId}</c>.</summary>
public sealed record ToolDecision
{
    public required ToolVerdict Decision { get; init; }

    /// <summary>With <c>allow</c> only. Absent: this call only.</summary>
    public ToolMemory? Remember { get; init; }
}
