using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Starting;

internal sealed class StartLimiterTests
{
    private static readonly Owner Me = new("me");
    private static readonly Owner Other = new("other");

    [Test]
    public void A_user_has_at_most_the_allowed_number_of_running_answers()
    {
        using var limiter = Limiter(new() { RunningPerUser = 2 });
        var first = limiter.Acquire(Me);
        using var second = limiter.Acquire(Me);

        Refused(limiter, Me, "Too many answers are running.", 5);
        using var others = limiter.Acquire(Other);
        first.Dispose();
        using var third = limiter.Acquire(Me);
        Refused(limiter, Me, "Too many answers are running.", 5);
    }

    [Test]
    public void All_users_together_have_at_most_the_allowed_number_of_running_answers()
    {
        using var limiter = Limiter(new() { Running = 2 });
        var mine = limiter.Acquire(Me);
        using var others = limiter.Acquire(Other);

        Refused(limiter, new Owner("third"), "Too many answers are running.", 5);
        mine.Dispose();
        using var third = limiter.Acquire(new Owner("third"));
    }

    [Test]
    public void A_user_starts_at_most_the_allowed_number_of_answers_per_minute()
    {
        using var limiter = Limiter(new() { StartsPerMinute = 3 });
        for (var i = 0; i < 3; i++)
            limiter.Acquire(Me).Dispose();

        var refusal = Refused(limiter, Me, "Too many answers were started in the last minute.");
        Assert.That(refusal.RetryAfter, Is.InRange(1, 60));
        using var others = limiter.Acquire(Other);
    }

    [Test]
    public void A_refused_start_does_not_count()
    {
        using var limiter = Limiter(new() { RunningPerUser = 1, Running = 2, StartsPerMinute = 3 });
        using var running = limiter.Acquire(Me);
        for (var i = 0; i < 10; i++)
            Refused(limiter, Me, "Too many answers are running.", 5);

        using var others = limiter.Acquire(Other);
        running.Dispose();
        limiter.Acquire(Me).Dispose();
        limiter.Acquire(Me).Dispose();
        Refused(limiter, Me, "Too many answers were started in the last minute.");
    }

    private static StartLimiter Limiter(LimitOptions options) => new(Options.Create(options));

    private static Refusal Refused(StartLimiter limiter, Owner owner, string detail, int? retryAfter = null)
    {
        var refusal = Assert.Throws<RefusedException>(() => limiter.Acquire(owner))!.Refusal;
        Assert.That((refusal.Status, refusal.Field, refusal.Detail), Is.EqualTo((429, (string?)null, detail)));
        Assert.That(refusal.RetryAfter, retryAfter is null ? Is.Not.Null : Is.EqualTo(retryAfter));
        return refusal;
    }
}
