using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Conversations;

internal sealed class ConversationOptions
{
    public const string Section = "Conversations";

    /// <summary>Whether the model gives a browser's conversation its title after the first answer.</summary>
    public bool ModelTitles { get; init; } = true;

    /// <summary>How long a temporary conversation can be gone on with, and reloaded, after its last answer has ended.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan TemporaryFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a conversation that a user deleted can be restored; 0: not at all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan RestoreFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a conversation is kept after its last message; empty: for ever.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan? RetainFor { get; init; }
}
