using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Page;

/// <summary>What a new chat shows above its field.</summary>
public sealed record WelcomeView
{
    /// <summary>The parameter of a new chat's address that puts a prompt into the field, by its number.</summary>
    public const string Parameter = "prompt";

    /// <summary>What this ChatStream is for; empty: nothing is said.</summary>
    public string Text { get; init; } = "";

    /// <summary>The notice above each chat; empty: there is none, or the user has closed it.</summary>
    public string Notice { get; init; } = "";

    public string NoticeName { get; init; } = "";

    /// <summary>Prompts to begin with.</summary>
    public IReadOnlyList<PromptEntry> Prompts { get; init; } = [];

    /// <summary>The conversations that were changed last.</summary>
    public IReadOnlyList<ConversationLink> Recent { get; init; } = [];

    /// <summary>The folders in which conversations were changed last.</summary>
    public IReadOnlyList<FolderEntry> Folders { get; init; } = [];
}
