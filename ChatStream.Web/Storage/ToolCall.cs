using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>
/// A call of a tool that an answer has made or wanted to make. It is stored before the call is made, so that a crash leaves no
/// call untold.
/// </summary>
public sealed record ToolCall
{
    /// <summary>Characters of a tool's name.</summary>
    public const int LongestName = 64;

    /// <summary>In the place of a result that the service refused.</summary>
    public const string NoResult = "(The call was made. Its result is left out, because the model's service does not take it.)";

    /// <summary>About as many tokens as <see cref="NoResult"/> has, with what stands around a call.</summary>
    public const int TokensOfNoResult = 40;

    public required string Id { get; init; }

    /// <summary>The answer.</summary>
    public required string MessageId { get; init; }

    public required string ConversationId { get; init; }
    public required string OwnerId { get; init; }

    /// <summary>From 1, in the order in which the model asked.</summary>
    public required int Number { get; init; }

    /// <summary>Which of the model's requests it is of, from 1. Calls of one round are made side by side.</summary>
    public required int Round { get; init; }

    /// <summary>How many UTF-16 units of the answer's text were written before the call.</summary>
    public required int At { get; init; }

    /// <summary>The tool's name, as the model was told it.</summary>
    public required string Name { get; init; }

    /// <summary>What the model wrote. It may be no JSON.</summary>
    public required string Arguments { get; init; }

    /// <summary>What the model is told; null: nothing yet.</summary>
    public string? Result { get; init; }

    public required ToolState State { get; init; }

    /// <summary>What the user decided; null: nothing, or nobody was asked.</summary>
    public ToolVerdict? Verdict { get; init; }

    /// <summary>Whether later calls of this tool in the conversation are allowed with it.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>When the user was asked; null: nobody was.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>When the call was begun; null: it never was.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The server that was not asked because its user has not given permission; null: it was not for that.</summary>
    public string? Permission { get; init; }

    /// <summary>The ids of the images that are part of the result, separated by blanks; null: none.</summary>
    public string? Files { get; init; }

    /// <summary>The ids of <see cref="Files"/>.</summary>
    public IReadOnlyList<string> FileIds => Files?.Split(' ') ?? [];

    /// <summary>Whether it waits for nothing any more.</summary>
    public bool IsOver => State is not (ToolState.Asked or ToolState.Running);

    /// <summary>The frame of its state. The same row always gives the same frame.</summary>
    /// <param name="state">The state that the frame tells; a later one may be stored.</param>
    public ToolPayload ToFrame(ToolState state) => new(
        Id, Name, state,
        state is ToolState.Asked or ToolState.Running || (AskedAt is null && StartedAt is null) ? Arguments : null,
        state is ToolState.Asked or ToolState.Running ? null : Result)
    {
        Permission = state is ToolState.Asked or ToolState.Running ? null : Permission,
        Files = state is ToolState.Asked or ToolState.Running || Files is null ? null : FileIds,
    };

    /// <summary>As a list has it.</summary>
    public ToolPayload ToListed() => new(Id, Name, State, Arguments, Result, At)
    {
        Round = Round,
        Permission = Permission,
        Files = Files is null ? null : FileIds,
    };
}
