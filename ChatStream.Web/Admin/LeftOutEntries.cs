using ChatStream.Web.Contract;

namespace ChatStream.Web.Admin;

/// <summary>
/// Counts the entries that the audit log leaves out, by user and action. The row of a count is added with the first of them, and
/// gets the number later: so an erasure by any instance finds the row, and a count names nobody.
/// </summary>
internal sealed class LeftOutEntries
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string? Owner, string Address, AuditAction Action), LeftOutCount> _counts = [];

    /// <summary>Counts an entry.</summary>
    /// <returns>A new count, of which the row is to be added; null: there is one.</returns>
    public LeftOutCount? Add(Caller caller, AuditAction action)
    {
        // A user may have many addresses. Somebody without an identity is known by one only.
        var key = (caller.Owner.Id, string.IsNullOrEmpty(caller.Owner.Id) ? caller.Address : "", action);
        lock (_gate)
        {
            if (!_counts.TryGetValue(key, out var known))
                return _counts[key] = new LeftOutCount(action);
            known.Count++;
            return null;
        }
    }

    /// <summary>Takes what is counted now, one by one. What the caller does not go on to is counted further.</summary>
    public IEnumerable<LeftOutCount> Take()
    {
        List<(string?, string, AuditAction)> keys;
        lock (_gate)
            keys = [.. _counts.Keys];
        foreach (var key in keys)
        {
            LeftOutCount? taken;
            lock (_gate)
                _counts.Remove(key, out taken);
            if (taken is not null)
                yield return taken;
        }
    }
}
