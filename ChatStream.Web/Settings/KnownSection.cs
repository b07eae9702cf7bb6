namespace ChatStream.Web.Settings;

/// <summary>A section of the settings that is the app's own.</summary>
/// <param name="Name">The section's key.</param>
/// <param name="Options">The type whose properties are its keys.</param>
internal sealed record KnownSection(string Name, Type Options)
{
    /// <summary>The keys in this section that nothing reads, each with the most similar key that there is.</summary>
    public IEnumerable<(string Key, string Nearest)> Unknown(IConfiguration settings) =>
        Unknown(settings.GetSection(Name), Options);

    private static IEnumerable<(string Key, string Nearest)> Unknown(IConfigurationSection section, Type type)
    {
        var element = ElementOf(type);
        var known = type.GetProperties().Where(property => property.CanWrite).ToList();
        if (element is null && known.Count == 0)
            yield break; // a value: it has no keys
        foreach (var child in section.GetChildren())
        {
            var property = known.Find(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if ((element ?? property?.PropertyType) is { } inner)
            {
                foreach (var found in Unknown(child, inner))
                    yield return found;
            }
            else
            {
                yield return (child.Path, $"{section.Path}:{known.MinBy(other => Distance(child.Key, other.Name))!.Name}");
            }
        }
    }

    private static Type? ElementOf(Type type) => type == typeof(string) ? null : type.GetInterfaces().Append(type)
        .FirstOrDefault(known => known.IsGenericType && known.GetGenericTypeDefinition() == typeof(IEnumerable<>))
        ?.GetGenericArguments()[0];

    /// <summary>How many letters must be added, removed or changed (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var isSame = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]);
                var changed = diagonal + (isSame ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
