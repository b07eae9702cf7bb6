namespace ChatStream.Web.Conversations.Presets;

/// <summary>The list <c>Presets</c>, at the root of the settings.</summary>
internal sealed class PresetListOptions
{
    public const string Section = "Presets";

    public IReadOnlyList<PresetOptions> Presets { get; init; } = [];
}

/// <summary>An entry of the list <c>Presets</c>.</summary>
internal sealed class PresetOptions
{
    /// <summary>Conversations choose the preset by this name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The page shows this. If empty, it shows the name.</summary>
    public string Label { get; init; } = "";

    /// <summary>The label in other languages, by the language: <c>de</c>, <c>zh</c>.</summary>
    public Dictionary<string, string> Labels { get; init; } = [];

    /// <summary>What it does, in a sentence that the page shows.</summary>
    public string Description { get; init; } = "";

    /// <summary>The description in other languages, by the language.</summary>
    public Dictionary<string, string> Descriptions { get; init; } = [];

    /// <summary>Sent after <c>Chat:SystemPrompt</c>. Empty: none.</summary>
    public string SystemPrompt { get; init; } = "";

    /// <summary>0 to 2; null: none is sent.</summary>
    public float? Temperature { get; init; }

    /// <summary>0 to 1; null: none is sent.</summary>
    public float? TopP { get; init; }

    /// <summary>Sent to models that take it, where the conversation names no other. Empty: none.</summary>
    public string Effort { get; init; } = "";

    /// <summary>Sent to models that take one, where the conversation names no other. Empty: none.</summary>
    public string Verbosity { get; init; } = "";
}
