using System.Runtime.InteropServices;

namespace ChatStream.Web.Limits;

/// <summary>
/// Counts what is held at once and what was taken in the last minute, for each key of a <see cref="Limit"/>. It keeps the time of
/// each taking. So a limit holds for any 60 seconds, not for the minutes of a clock, and the time to wait is exact.
/// </summary>
internal sealed class Places(TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private long _sweptAt = time.GetTimestamp();

    /// <summary>The keys that are known. One that is idle for a minute is forgotten.</summary>
    public int Keys
    {
        get
        {
            lock (_gate)
                return _accounts.Count;
        }
    }

    /// <summary>Takes a place under each of the limits, or under none.</summary>
    /// <param name="limits">The limits that must all have a place.</param>
    /// <param name="spare">How many more places must stay free under each limit.</param>
    /// <param name="refusal">Why there is none, with the longest time to wait; null where a place was taken.</param>
    /// <returns>Give it back by disposing of it. What was taken of the minute stays taken. Null: there is no place.</returns>
    public Place? TryTake(Limit[] limits, int spare, out NoPlace? refusal)
    {
        refusal = null;
        var now = time.GetTimestamp();
        lock (_gate)
        {
            Forget(now);
            foreach (var limit in limits)
            {
                _accounts.TryGetValue(limit.Key, out var account);
                refusal = Longer(refusal, Fault(limit, account, spare, now));
            }
            if (refusal is not null)
                return null;
            foreach (var limit in limits)
            {
                ref var account = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, limit.Key, out _);
                account ??= new Account();
                account.Held++;
                if (limit.PerMinute is not null)
                    account.Taken.Enqueue(now);
            }
        }
        return new Place(this, limits, now);
    }

    /// <summary>How many places are held under a key, and how many were taken in the last minute.</summary>
    public (int Held, int Taken) Use(string key)
    {
        lock (_gate)
        {
            if (!_accounts.TryGetValue(key, out var account))
                return (0, 0);
            DropOld(account, time.GetTimestamp());
            return (account.Held, account.Taken.Count);
        }
    }

    private NoPlace? Fault(Limit limit, Account? account, int spare, long now)
    {
        if (account is not null)
            DropOld(account, now);
        if ((account?.Taken.Count ?? 0) + spare >= limit.PerMinute)
        {
            return new NoPlace(account is { Taken.Count: > 0 }
                ? Minute - time.GetElapsedTime(account.Taken.Peek(), now)
                : Minute);
        }
        return (account?.Held ?? 0) + spare >= limit.AtOnce ? new NoPlace(FreeIn: null) : null;
    }

    private static NoPlace? Longer(NoPlace? one, NoPlace? other) =>
        other is null || one?.FreeIn >= (other.FreeIn ?? TimeSpan.Zero) ? one : other;

    private void GiveBack(Limit[] limits, long? taken)
    {
        lock (_gate)
        {
            foreach (var limit in limits)
            {
                var account = _accounts[limit.Key];
                account.Held--;
                if (taken is { } at)
                    account.Forget(at);
                if (account.IsIdle)
                    _accounts.Remove(limit.Key);
            }
        }
    }

    // Once a minute is enough: an idle key costs some hundred bytes until then.
    private void Forget(long now)
    {
        if (time.GetElapsedTime(_sweptAt, now) < Minute)
            return;
        _sweptAt = now;
        foreach (var (key, account) in _accounts)
        {
            DropOld(account, now);
            if (account.IsIdle)
                _accounts.Remove(key);
        }
    }

    private void DropOld(Account account, long now)
    {
        while (account.Taken.TryPeek(out var taken) && time.GetElapsedTime(taken, now) >= Minute)
            account.Taken.Dequeue();
    }

    private sealed class Account
    {
        public int Held { get; set; }

        /// <summary>When the places of the last minute were taken, oldest first.</summary>
        public Queue<long> Taken { get; private set; } = new();

        public bool IsIdle => Held == 0 && Taken.Count == 0;

        /// <summary>Removes one taking at this time.</summary>
        public void Forget(long at)
        {
            var all = Taken.ToList();
            all.Remove(at);
            Taken = new Queue<long>(all);
        }
    }

    /// <summary>A place that is held until it is disposed of.</summary>
    public sealed class Place(Places places, Limit[] limits, long taken) : IDisposable, IAsyncDisposable
    {
        private int _isGivenBack;

        public void Dispose() => GiveBack(taken: null);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>Gives it back as if it had not been taken, also in this minute.</summary>
        public void Undo() => GiveBack(taken);

        private void GiveBack(long? taken)
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
                places.GiveBack(limits, taken);
        }
    }
}
