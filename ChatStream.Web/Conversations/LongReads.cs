using System.Threading.RateLimiting;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Runs searches and reads of whole conversations on threads of their own, because SQLite's calls block. A few run at once. Of
/// each owner one runs at a time, so that an owner with many of them holds up no other.
/// </summary>
internal sealed class LongReads : IDisposable
{
    private const int AtOnce = 4;

    /// <summary>Reads of one owner that wait. A page has a few; only a program has so many.</summary>
    private const int MostWaiting = 100;

    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly PartitionedRateLimiter<Owner> _turns = PartitionedRateLimiter.Create<Owner, Owner>(owner =>
        RateLimitPartition.GetConcurrencyLimiter(owner, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = 1,
            QueueLimit = MostWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    /// <exception cref="RefusedException">429: too many reads of this owner wait.</exception>
    public async Task<T> RunAsync<T>(Owner owner, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        using var turn = await _turns.AcquireAsync(owner, permitCount: 1, cancellationToken);
        if (!turn.IsAcquired)
            throw new RefusedException(new Refusal(429, Field: null, "Too many requests of this user wait.") { RetryAfter = 1 });
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await OwnThread.RunAsync(() => read().GetAwaiter().GetResult(), cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _turns.Dispose();
        _places.Dispose();
    }
}
