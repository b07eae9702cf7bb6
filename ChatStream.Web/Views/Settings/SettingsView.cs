using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Settings;

/// <summary>What the page <c>/settings</c> shows.</summary>
public sealed record SettingsView(UserPreferences Preferences, IReadOnlyList<PromptEntry> Prompts, int MostPrompts)
{
    /// <summary>Whether a form before this page has changed something.</summary>
    public bool IsSaved { get; init; }

    /// <summary>The tool servers that work with the user's permission.</summary>
    public IReadOnlyList<PermittedServer> Permissions { get; init; } = [];

    /// <summary>Why a prompt was not stored: a key of the page's words below <c>refused.</c>; null: it was.</summary>
    public string? Fault { get; init; }

    /// <summary>The prompt that was not stored.</summary>
    public PromptEntry? Refused { get; init; }
}
