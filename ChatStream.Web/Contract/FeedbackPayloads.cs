using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>Whether an answer was good.</summary>
public enum FeedbackRating
{
    [JsonStringEnumMemberName("up")] Up,
    [JsonStringEnumMemberName("down")] Down,
}

/// <summary>Why.</summary>
public enum FeedbackReason
{
    /// <summary>True and to the point.</summary>
    [JsonStringEnumMemberName("accurate")] Accurate,

    /// <summary>Easy to understand.</summary>
    [JsonStringEnumMemberName("clear")] Clear,

    /// <summary>All that was needed.</summary>
    [JsonStringEnumMemberName("complete")] Complete,

    /// <summary>Something in it is not true.</summary>
    [JsonStringEnumMemberName("wrong")] Wrong,

    /// <summary>Something is missing.</summary>
    [JsonStringEnumMemberName("incomplete")] Incomplete,

    /// <summary>It did not do what it was told.</summary>
    [JsonStringEnumMemberName("off_task")] OffTask,

    /// <summary>Hard to understand, or too long.</summary>
    [JsonStringEnumMemberName("unclear")] Unclear,

    /// <summary>It did not answer, without need.</summary>
    [JsonStringEnumMemberName("refused")] Refused,

    /// <summary>Offensive or dangerous.</summary>
    [JsonStringEnumMemberName("harmful")] Harmful,

    /// <summary>None of these.</summary>
    [JsonStringEnumMemberName("other")] Other,
}

/// <summary>The body of <c>PUT /conversations/{id}/feedback/{messageId}</c>.</summary>
public sealed record FeedbackRequest
{
    /// <summary>UTF-16 units of a comment.</summary>
    internal const int LongestComment = 2_000;

    public required FeedbackRating Rating { get; init; }

    /// <summary>Absent: none.</summary>
    public FeedbackReason? Reason { get; init; }

    /// <summary>1 to 2,000 characters, without NUL; absent: none.</summary>
    public string? Comment { get; init; }
}

/// <summary>What the user thinks of an answer.</summary>
public sealed record FeedbackNode
{
    public required FeedbackRating Rating { get; init; }

    /// <summary>Absent: none.</summary>
    public FeedbackReason? Reason { get; init; }

    /// <summary>The user's own words; absent: none.</summary>
    public string? Comment { get; init; }

    /// <summary>When it was given or changed last.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>
/// What all users thought of answers, newest first: <c>GET /admin/feedback</c>. No text of a conversation is in it.
/// </summary>
/// <param name="Entries">At most 1,000.</param>
/// <param name="Next">The value of <c>before</c> that gets the next page; absent on the last one.</param>
public sealed record FeedbackPage(IReadOnlyList<FeedbackEntry> Entries, string? Next);

/// <summary>What a user thought of an answer.</summary>
/// <param name="At">When it was given or changed last.</param>
/// <param name="Model">The model's name in the catalogue, as it was then; absent: not known.</param>
/// <param name="Deployment">The deployment that answered; absent: not known.</param>
/// <param name="Rating">Whether the answer was good.</param>
/// <param name="Reason">Why; absent: none was chosen.</param>
/// <param name="Comment">The user's own words; absent: none.</param>
public sealed record FeedbackEntry(
    DateTimeOffset At, string? Model, string? Deployment, FeedbackRating Rating, FeedbackReason? Reason, string? Comment);

/// <summary>How reasons are spelt.</summary>
internal static class FeedbackReasons
{
    public static string NameOf(FeedbackReason reason) =>
        JsonSerializer.SerializeToElement(reason, typeof(FeedbackReason), WireJson.Wire).GetString()!;

    public static string NameOf(FeedbackRating rating) =>
        JsonSerializer.SerializeToElement(rating, typeof(FeedbackRating), WireJson.Wire).GetString()!;
}
