namespace ChatStream.Web.Conversations;

internal sealed class FeedbackOptions
{
    public const string Section = "Feedback";

    /// <summary>Whether users can say what they think of answers.</summary>
    public bool Enabled { get; init; } = true;
}
