using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Shares;

/// <summary>The page of what a user shares.</summary>
public sealed record SharesPage(ShareList List)
{
    /// <summary>The conversation that the page offers to share; null: none.</summary>
    public string? ConversationId { get; init; }

    /// <summary>The address of a share that was made just now; null: none was.</summary>
    public string? Address { get; init; }

    /// <summary>Why none was made, as a code; null: nothing was refused.</summary>
    public string? Fault { get; init; }

    public IReadOnlyList<long> Numbers { get; init; } = [];
}
