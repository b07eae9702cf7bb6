using ChatStream.Web.Contract;

namespace ChatStream.Web.Admin;

/// <summary>
/// Bounds the entries that one user can add to the audit log. The first of each action in a minute is always noted. What a user
/// does not use of the minute is saved up, to as many as one request can add.
/// </summary>
internal sealed class AuditRate(int perMinute, TimeProvider time)
{
    /// <summary>Entries that a user can save up: one request deletes as many conversations.</summary>
    public const int MostSaved = ConversationIds.Most;

    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private long _sweptAt = time.GetTimestamp();

    /// <summary>Whether an entry of this user is noted.</summary>
    /// <param name="user">The user, or what else the entries of one source have in common.</param>
    /// <param name="action">What was done.</param>
    /// <param name="isFirstLeftOut">Whether it is the first one in a minute that is not.</param>
    public bool Takes(string user, AuditAction action, out bool isFirstLeftOut)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            Forget(now);
            if (!_accounts.TryGetValue(user, out var account))
                _accounts[user] = account = new Account { Left = MostSaved, At = now };
            account.Left = LeftOf(account, now);
            account.At = now;
            var isFirst = !account.Noted.TryGetValue(action, out var noted) || time.GetElapsedTime(noted, now) >= Minute;
            var isTaken = isFirst || account.Left >= 1;
            if (isFirst)
                account.Noted[action] = now;
            if (isTaken)
                account.Left = Math.Max(0, account.Left - 1);
            isFirstLeftOut = !isTaken
                && (account.LeftOutAt is not { } leftOut || time.GetElapsedTime(leftOut, now) >= Minute);
            if (isFirstLeftOut)
                account.LeftOutAt = now;
            return isTaken;
        }
    }

    private double LeftOf(Account account, long now) =>
        Math.Min(MostSaved, account.Left + (perMinute * time.GetElapsedTime(account.At, now).TotalMinutes));

    // A user who has saved up everything is as one who is not known, once the minute of the last entry is over.
    private void Forget(long now)
    {
        if (time.GetElapsedTime(_sweptAt, now) < Minute)
            return;
        _sweptAt = now;
        foreach (var (user, account) in _accounts)
        {
            if (LeftOf(account, now) >= MostSaved && time.GetElapsedTime(account.At, now) >= Minute)
                _accounts.Remove(user);
        }
    }

    private sealed class Account
    {
        /// <summary>Entries that may still be added, at <see cref="At"/>.</summary>
        public required double Left { get; set; }

        public required long At { get; set; }

        /// <summary>When each action was last noted as the first of a minute.</summary>
        public Dictionary<AuditAction, long> Noted { get; } = [];

        public long? LeftOutAt { get; set; }
    }
}
