namespace ChatStream.Web.Contract;

/// <summary>The models that a start may name.</summary>
/// <param name="Models">The default one first.</param>
/// <param name="Demo">True if no deployment is configured and the demo model answers.</param>
/// <param name="Presets">The presets that a conversation may name; may be empty.</param>
internal sealed record ModelList(IReadOnlyList<ModelEntry> Models, bool Demo, IReadOnlyList<PresetEntry> Presets);

/// <summary>A preset that a conversation may name.</summary>
/// <param name="Name">What a start or a change names.</param>
/// <param name="Label">What users see.</param>
/// <param name="Labels">What users of other languages see, by the language; absent if there is nothing else.</param>
/// <param name="Description">What it does; absent if the settings do not say.</param>
internal sealed record PresetEntry(
    string Name, string Label, IReadOnlyDictionary<string, string>? Labels = null, string? Description = null)
{
    /// <summary>The effort that it asks for, where the conversation names none; absent: none.</summary>
    public string? Effort { get; init; }

    /// <summary>The verbosity that it asks for, where the conversation names none; absent: none.</summary>
    public string? Verbosity { get; init; }
}

/// <param name="Name">What a start names.</param>
/// <param name="Label">What users see.</param>
/// <param name="Default">True for the default model, absent for the others.</param>
internal sealed record ModelEntry(string Name, string Label, bool? Default)
{
    /// <summary>What it is good for; absent if the settings do not say.</summary>
    public string? Description { get; init; }

    /// <summary>How many tokens it can read and write in all; absent if the settings do not say.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>True if it sees images, else absent.</summary>
    public bool? Images { get; init; }

    /// <summary>True if it takes tools, else absent.</summary>
    public bool? Tools { get; init; }

    /// <summary>The values of <c>effort</c> that a start may name, weakest first; absent if it takes none.</summary>
    public IReadOnlyList<string>? Efforts { get; init; }

    /// <summary>True if it takes a verbosity, else absent.</summary>
    public bool? Verbosity { get; init; }
}
