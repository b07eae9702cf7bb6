using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Conversations;

internal sealed class ConversationOptions
{
    public const string Section = "Conversations";

    /// <summary>Whether the model gives a conversation of the page its title, after the first answer.</summary>
    public bool ModelTitles { get; init; } = true;

    /// <summary>Conversations in which nothing was said for this long are removed; empty: never.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan? RetainFor { get; init; }
}
