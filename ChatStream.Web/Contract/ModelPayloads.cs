namespace ChatStream.Web.Contract;

/// <summary>The models that a start may name.</summary>
/// <param name="Models">The default one first.</param>
/// <param name="Demo">True if no deployment is configured and the demo model answers.</param>
internal sealed record ModelList(IReadOnlyList<ModelEntry> Models, bool Demo);

/// <param name="Name">What a start names.</param>
/// <param name="Label">What users see.</param>
/// <param name="Default">True for the default model, absent for the others.</param>
internal sealed record ModelEntry(string Name, string Label, bool? Default);
