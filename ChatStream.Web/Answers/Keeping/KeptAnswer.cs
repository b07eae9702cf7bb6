using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>What the database has of an answer without an end: its row, and what the checkpoints add to that.</summary>
internal sealed record KeptAnswer
{
    /// <summary>The message that it answers, or the answer that it continues.</summary>
    public required string ParentId { get; init; }

    public required string Model { get; init; }
    public required string Text { get; init; }

    /// <summary>Null if there was none.</summary>
    public required string? Reasoning { get; init; }

    /// <summary>The outline of the frames; null where they are shown at once and no call waits for the user.</summary>
    public required string? Frames { get; init; }

    /// <summary>Where a background answer goes on after this text; null: it is none.</summary>
    public required ResponsePosition? ResumeAt { get; init; }

    /// <summary>The number of the next part of the checkpoints.</summary>
    public required int NextPart { get; init; }

    /// <summary>The text of the answer that it continues; empty: it continues none.</summary>
    public required string Continues { get; init; }

    /// <summary>Tokens of the path up to the message that it answers or continues.</summary>
    public required long ParentPathTokens { get; init; }

    /// <summary>The title of its conversation.</summary>
    public required string Title { get; init; }

    /// <summary>How the conversation's answers are to be.</summary>
    public Manner Manner { get; init; } = Manner.None;

    /// <summary>The length of the conversation's system prompt in tokens.</summary>
    public int SystemPromptTokens { get; init; }

    /// <summary>Its calls of tools, in order.</summary>
    public IReadOnlyList<ToolCall> Tools { get; init; } = [];

    /// <summary>What its service had counted before the last call; null: nothing.</summary>
    public UsagePayload? Usage { get; init; }

    /// <summary>Tokens of its calls and their results.</summary>
    public int ToolTokens { get; init; }

    /// <summary>Whether a call waits for the user.</summary>
    public bool HasOpenQuestion => Tools.Any(call => call.State == ToolState.Asked);
}
