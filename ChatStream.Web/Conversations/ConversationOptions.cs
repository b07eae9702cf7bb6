using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Conversations;

internal sealed class ConversationOptions
{
    public const string Section = "Conversations";

    /// <summary>Whether the model gives a browser's conversation its title after the first answer.</summary>
    public bool ModelTitles { get; init; } = true;

    /// <summary>How long a conversation is kept after its last message; empty: for ever.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan? RetainFor { get; init; }
}
