using ChatStream.Web.Contract;

namespace ChatStream.Web.Admin;

/// <summary>Counts the entries that the audit log leaves out, by user and action. The number is noted in their place.</summary>
internal sealed class LeftOutEntries
{
    private readonly Lock _gate = new();
    private Dictionary<(string? Owner, string Address, AuditAction Action), (Caller Caller, int Count)> _counts = [];

    public void Add(Caller caller, AuditAction action)
    {
        // A user may have many addresses. Somebody without an identity is known by one only.
        var key = (caller.Owner.Id, string.IsNullOrEmpty(caller.Owner.Id) ? caller.Address : "", action);
        lock (_gate)
            _counts[key] = (caller, _counts.TryGetValue(key, out var known) ? known.Count + 1 : 1);
    }

    /// <summary>The counts since it was called last.</summary>
    public IReadOnlyList<(Caller Caller, AuditAction Action, int Count)> Take()
    {
        lock (_gate)
        {
            var taken = _counts;
            _counts = [];
            return [.. taken.Select(count => (count.Value.Caller, count.Key.Action, count.Value.Count))];
        }
    }

    /// <summary>Takes the user and the address out of the counts.</summary>
    public void Forget(Owner owner)
    {
        lock (_gate)
        {
            foreach (var (key, (caller, count)) in _counts)
            {
                if (caller.Owner == owner)
                    _counts[key] = (Caller.Erased, count);
            }
        }
    }
}
