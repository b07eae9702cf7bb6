using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>The column <see cref="Message.FailureCategories"/>, such as <c>violence=medium,jailbreak</c>.</summary>
internal static class FailedCategories
{
    /// <summary>Null: there are none.</summary>
    public static string? Join(FailurePayload? failure) => failure?.Categories is { Count: > 0 } names
        ? string.Join(',', names.Select(name =>
            failure.Severities?.TryGetValue(name, out var severity) == true ? $"{name}={severity}" : name))
        : null;

    public static IReadOnlyList<string>? Names(string? column) =>
        column is null ? null : [.. Parts(column).Select(part => part[0])];

    /// <summary>Null: none is rated.</summary>
    public static IReadOnlyDictionary<string, string>? Severities(string? column)
    {
        if (column?.Contains('=', StringComparison.Ordinal) != true)
            return null;
        var severities = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in Parts(column).Where(part => part.Length == 2))
            severities[part[0]] = part[1];
        return severities;
    }

    private static IEnumerable<string[]> Parts(string column) => column.Split(',').Select(part => part.Split('=', 2));
}
