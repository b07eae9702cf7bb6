using System.Text.Json.Serialization;

namespace ChatStream.Web.Conversations;

/// <summary>What was streamed of a running answer since the checkpoint before.</summary>
internal sealed record Piece
{
    public required string MessageId { get; init; }

    /// <summary>From 0, without a gap.</summary>
    public required int Number { get; init; }

    public required string Text { get; init; }
    public string? Reasoning { get; init; }

    /// <summary>Up to where in the answer's log it goes, in bytes. Not stored: the log dies with the process.</summary>
    [JsonIgnore]
    public long LogEnd { get; init; }
}
