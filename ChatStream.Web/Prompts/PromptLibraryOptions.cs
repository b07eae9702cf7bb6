using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Prompts;

/// <summary>The prompts of the team, and how many users may have of their own.</summary>
internal sealed class PromptLibraryOptions
{
    public const string Section = "PromptLibrary";

    /// <summary>0: users have none of their own.</summary>
    [Range(0, 1_000)]
    public int MostPerUser { get; set; } = 200;

    public List<TeamPromptOptions> Prompts { get; set; } = [];
}

/// <summary>The first screen.</summary>
internal sealed class WelcomeOptions
{
    public const string Section = "Welcome";

    public const int LongestText = 4_000;
    public const int LongestNotice = 1_000;

    /// <summary>What this ChatStream is for, in a little Markdown. Empty: nothing is said.</summary>
    [MaxLength(LongestText)]
    public string Text { get; set; } = "";

    /// <summary>The text in other languages, by the language: <c>de</c>, <c>zh</c>.</summary>
    public Dictionary<string, string> Texts { get; set; } = [];

    /// <summary>Stands above each chat until the user closes it. Another text is shown again.</summary>
    [MaxLength(LongestNotice)]
    public string Notice { get; set; } = "";

    /// <summary>The notice in other languages, by the language.</summary>
    public Dictionary<string, string> Notices { get; set; } = [];

    /// <summary>Prompts to begin with.</summary>
    [MaxLength(12)]
    public List<TeamPromptOptions> Prompts { get; set; } = [];
}

/// <summary>A prompt of the team.</summary>
internal sealed class TeamPromptOptions
{
    /// <summary>If empty, the beginning of the text.</summary>
    public string Title { get; set; } = "";

    /// <summary>The title in other languages, by the language: <c>de</c>, <c>zh</c>.</summary>
    public Dictionary<string, string> Titles { get; set; } = [];

    public string Text { get; set; } = "";

    /// <summary>The text in other languages, by the language.</summary>
    public Dictionary<string, string> Texts { get; set; } = [];

    /// <summary>A model to choose with it. Empty: none.</summary>
    public string Model { get; set; } = "";

    /// <summary>A preset to choose with it. Empty: none.</summary>
    public string Preset { get; set; } = "";
}
