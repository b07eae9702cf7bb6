using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>Counts what an import leaves out.</summary>
internal sealed class ImportRemarks
{
    /// <summary>Names of one kind. The names are the file's own, so there may be any number of them.</summary>
    private const int MostNames = 20;

    private const int LongestName = 40;

    private readonly Dictionary<(ImportRemarkKind Kind, string? Name), int> _counts = [];

    public IReadOnlyList<ImportRemark> All =>
        [.. _counts.OrderBy(remark => remark.Key.Kind).ThenByDescending(remark => remark.Value)
            .Select(remark => new ImportRemark(remark.Key.Kind, remark.Key.Name, remark.Value))];

    public void Add(ImportRemarkKind kind, string? name = null, int count = 1)
    {
        if (count <= 0)
            return;
        var key = (kind, name is null ? null : Cut(name));
        if (name is not null && !_counts.ContainsKey(key)
            && _counts.Keys.Count(known => known.Kind == kind) >= MostNames)
            key = (kind, "…");
        _counts[key] = _counts.GetValueOrDefault(key) + count;
    }

    private static string Cut(string name)
    {
        if (name.Length <= LongestName)
            return name;
        return name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)];
    }
}
