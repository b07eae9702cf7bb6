using System.Text.Json.Serialization;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>What was streamed of one running answer since the checkpoint before.</summary>
internal sealed record CheckpointPart
{
    public required string MessageId { get; init; }

    /// <summary>From 0, without a gap.</summary>
    public required int Number { get; init; }

    public required string Text { get; init; }
    public string? Reasoning { get; init; }

    /// <summary>
    /// The outline of the frames, as <see cref="FrameOutline"/> writes it; null where readers see frames before they are stored.
    /// </summary>
    public string? Frames { get; init; }

    /// <summary>
    /// Where a background answer goes on behind this part, as <see cref="Providers.Responses.ResponsePosition"/> writes it; null:
    /// it is none.
    /// </summary>
    public string? ResumeAt { get; init; }

    /// <summary>
    /// The position in the answer's log, in bytes, at which this part ends. Not stored: the log dies with the process.
    /// </summary>
    [JsonIgnore]
    public long LogEnd { get; init; }

    /// <summary>The number of the first frame behind this part. Not stored either.</summary>
    [JsonIgnore]
    public int NextFrame { get; init; }
}
