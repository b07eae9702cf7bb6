using System.Threading.RateLimiting;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Lets a generation start, or refuses it and says when to try again.</summary>
internal sealed class StartLimiter : IDisposable
{
    /// <summary>A guess: when a running answer will end is not known.</summary>
    private static readonly TimeSpan UntilOneEnds = TimeSpan.FromSeconds(5);

    private readonly PartitionedRateLimiter<Owner> _limiter;

    public StartLimiter(IOptions<LimitOptions> options)
    {
        var limits = options.Value;
        _limiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<Owner, int>(_ =>
                RateLimitPartition.GetConcurrencyLimiter(0, _ => Concurrent(limits.Running))),
            PartitionedRateLimiter.Create<Owner, Owner>(owner =>
                RateLimitPartition.GetConcurrencyLimiter(owner, _ => Concurrent(limits.RunningPerUser))),
            PartitionedRateLimiter.Create<Owner, Owner>(owner =>
                RateLimitPartition.GetFixedWindowLimiter(owner, _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = limits.StartsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                    QueueLimit = 0,
                })));
    }

    /// <returns>A lease. Dispose of it when the generation has ended.</returns>
    /// <exception cref="RefusedException">429, with the seconds to wait.</exception>
    public IDisposable Acquire(Owner owner)
    {
        var lease = _limiter.AttemptAcquire(owner);
        if (lease.IsAcquired)
            return lease;

        var isRate = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        lease.Dispose();
        throw new RefusedException(new Refusal(429, Field: null, isRate
            ? "Too many answers were started in the last minute."
            : "Too many answers are running.")
        {
            Code = isRate ? "too_many_starts" : "too_many_running",
            RetryAfter = Math.Max(1, (int)Math.Ceiling((isRate ? wait : UntilOneEnds).TotalSeconds)),
        });
    }

    public void Dispose() => _limiter.Dispose();

    private static ConcurrencyLimiterOptions Concurrent(int permits) => new() { PermitLimit = permits, QueueLimit = 0 };
}
