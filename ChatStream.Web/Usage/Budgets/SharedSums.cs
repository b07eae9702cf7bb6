using System.Collections.Concurrent;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Usage.Budgets;

/// <summary>
/// What the users of a shared budget used together. To add that up takes as long as there are users, so this instance does it at
/// most once in ten seconds for all of them.
/// </summary>
internal sealed class SharedSums(IChatDatabase database, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1);

    /// <param name="group">The group as the settings have it; empty: all users.</param>
    /// <param name="today">In UTC.</param>
    /// <param name="cancellationToken">The request's token.</param>
    public async Task<IReadOnlyList<UsedOfDay>> ReadAsync(string group, DateOnly today, CancellationToken cancellationToken)
    {
        if (Find(group, today) is { } known)
            return known;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (Find(group, today) is { } meanwhile)
                return meanwhile;
            var asked = time.GetTimestamp();
            var sums = await UsedSums.ReadAsync(
                database, group.Length == 0 ? UsedSums.OfAll : UsedSums.OfGroup, default,
                group.Length == 0 ? null : UserBook.Named(group), new DateOnly(today.Year, today.Month, 1), today,
                cancellationToken);
            _known[group] = new Known(sums, today, asked);
            return sums;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private List<UsedOfDay>? Find(string group, DateOnly today) =>
        _known.TryGetValue(group, out var known) && known.Day == today && time.GetElapsedTime(known.Asked) < KeptFor
            ? known.Sums : null;

    private sealed record Known(List<UsedOfDay> Sums, DateOnly Day, long Asked);
}
