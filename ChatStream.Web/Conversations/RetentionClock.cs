using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Says whether the clock can be trusted with removing conversations. A clock that is ahead at a start of the machine would make
/// all of them old. The last time that is sure stands in the database.
/// </summary>
internal sealed partial class RetentionClock(IChatDatabase database, TimeProvider time, ILogger<RetentionClock> logger)
{
    /// <summary>The clock jumped if it goes on by so much more than the process measured.</summary>
    private static readonly TimeSpan Jump = TimeSpan.FromDays(1);

    /// <summary>How long a clock that jumped must run on evenly before it is trusted: time to see the warning.</summary>
    public static readonly TimeSpan StableFor = TimeSpan.FromHours(6);

    private DateTimeOffset _seen;
    private long _seenAt;
    private long? _jumpedAt;

    /// <summary>Reads the last time that is sure. At the first start of retention, it is that of the newest message.</summary>
    public async Task BeginAsync()
    {
        var known = await database.WriteAsync(Owner.Removed, async db =>
        {
            if (await db.RetentionMarks.AsNoTracking().FirstOrDefaultAsync() is { } mark)
                return mark.At;
            var newest = await db.Conversations.IgnoreQueryFilters().Select(c => c.ImportedAt ?? c.UpdatedAt)
                .OrderByDescending(at => at).FirstOrDefaultAsync();
            db.RetentionMarks.Add(new RetentionMark { Id = RetentionMark.OnlyId, At = newest });
            await db.SaveChangesAsync();
            return newest;
        });
        var now = time.GetUtcNow();
        (_seen, _seenAt) = (known > now || known == default ? now : known, time.GetTimestamp());
    }

    /// <summary>Whether the clock can be trusted now. If so, this time is stored as sure.</summary>
    /// <exception cref="StorageException">The time could not be stored.</exception>
    public async Task<bool> IsTrustedAsync()
    {
        var (now, at) = (time.GetUtcNow(), time.GetTimestamp());
        var ahead = now - _seen - time.GetElapsedTime(_seenAt, at);
        (_seen, _seenAt) = (now, at);
        if (ahead > Jump)
        {
            _jumpedAt = at;
            Log.Jumped(logger, ahead, StableFor);
        }
        if (_jumpedAt is { } since && time.GetElapsedTime(since, at) < StableFor)
            return false;
        _jumpedAt = null;
        return await database.WriteAsync(Owner.Removed, db =>
            db.RetentionMarks.ExecuteUpdateAsync(mark => mark.SetProperty(x => x.At, now))) > 0;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "The clock is {Ahead} ahead of the last time that is known. Nothing is removed for its age for {Time}. "
                + "If the clock is wrong, set it right before.")]
        public static partial void Jumped(ILogger logger, TimeSpan ahead, TimeSpan time);
    }
}
