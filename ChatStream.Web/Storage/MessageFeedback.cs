using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>What a user thinks of an answer.</summary>
internal sealed class MessageFeedback
{
    public required string MessageId { get; init; }
    public required string ConversationId { get; init; }
    public required string OwnerId { get; init; }
    public required FeedbackRating Rating { get; set; }

    /// <summary>Null: none was chosen.</summary>
    public FeedbackReason? Reason { get; set; }

    /// <summary>Null: the user wrote none.</summary>
    public string? Comment { get; set; }

    /// <summary>When it was given or changed last.</summary>
    public required DateTimeOffset At { get; set; }
}
