namespace ChatStream.Web.Conversations.Presets;

/// <summary>A way to answer that users can choose for a conversation, under one name.</summary>
public sealed record Preset(string Name, string Label)
{
    /// <summary>What users of other languages see, by the language.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What it does; empty if nobody said.</summary>
    public string Description { get; init; } = "";

    /// <summary>The same in other languages, by the language.</summary>
    public IReadOnlyDictionary<string, string> Descriptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Sent after the system prompt of the settings; empty: none.</summary>
    public string SystemPrompt { get; init; } = "";

    /// <summary>Null: none is sent.</summary>
    public float? Temperature { get; init; }

    /// <summary>Null: none is sent.</summary>
    public float? TopP { get; init; }

    /// <summary>Null: none.</summary>
    public string? Effort { get; init; }

    /// <summary>Null: none.</summary>
    public string? Verbosity { get; init; }

    public string LabelIn(string language) => Labels.GetValueOrDefault(language, Label);

    public string DescriptionIn(string language) => Descriptions.GetValueOrDefault(language, Description);
}
