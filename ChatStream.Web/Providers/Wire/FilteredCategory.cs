namespace ChatStream.Web.Providers.Wire;

/// <summary>A category for which a content filter stopped a prompt or an answer.</summary>
/// <param name="Name">The filter's own name, with underscores.</param>
/// <param name="Severity">The filter's own word, such as <c>medium</c>; null: it only found it.</param>
internal readonly record struct FilteredCategory(string Name, string? Severity = null);
