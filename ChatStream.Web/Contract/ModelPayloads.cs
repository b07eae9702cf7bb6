namespace ChatStream.Web.Contract;

/// <summary>The models that a start may name.</summary>
/// <param name="Models">The default one first.</param>
/// <param name="Demo">True if no deployment is configured and the demo model answers.</param>
internal sealed record ModelList(IReadOnlyList<ModelEntry> Models, bool Demo);

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
