using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Account;

/// <summary>The page about what is stored of the user.</summary>
/// <param name="Conversations">How many are stored.</param>
/// <param name="RetainFor">How long they are kept after their last message; null: until they are deleted.</param>
/// <param name="TemporaryFor">How long temporary ones are kept after their last answer.</param>
/// <param name="Erased">How many were removed just now; null: nothing was.</param>
/// <param name="IsUnconfirmed">Whether the form came without its tick.</param>
public sealed record AccountPage(
    int Conversations, TimeSpan? RetainFor, TimeSpan TemporaryFor, int? Erased, bool IsUnconfirmed)
{
    /// <summary>The user whose data they are, as administrators call one; null: the user who looks at the page.</summary>
    public string? User { get; init; }

    /// <summary>How many conversations of the browser were moved to the user just now; null: none was asked for.</summary>
    public int? Moved { get; init; }

    /// <summary>Whether the browser is to remove what it keeps of the user too, because all else was erased.</summary>
    public bool HasErased { get; init; }

    /// <summary>What the browser has from before its user signed in.</summary>
    public BrowserHas OfBrowser { get; init; } = BrowserHas.Nothing;

    /// <summary>The path of the page, below which the download and the form are.</summary>
    public string Path => User is null ? "~/account" : $"~/admin/users/{User}";
}
