using ChatStream.Web.Contract;
using ChatStream.Web.Limits;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Limits;

internal sealed class StartLimitsTests
{
    private const string Running = "Too many answers are running.";
    private const string Started = "Too many answers were started in the last minute.";

    private static readonly Caller Me = new(Owner.NewBrowser(), "10.0.0.1");
    private static readonly Caller Neighbour = new(Owner.NewBrowser(), "10.0.0.1");
    private static readonly Caller Other = new(Owner.NewBrowser(), "10.0.0.2");

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void A_user_has_at_most_the_allowed_number_of_running_answers()
    {
        var limits = Of(new() { RunningPerUser = 2 });
        var first = Take(limits, Me);
        using var second = Take(limits, Me);

        Refused(limits, Me, Running, 5);
        using var others = Take(limits, Neighbour);
        first.Dispose();
        using var third = Take(limits, Me);
        Refused(limits, Me, Running, 5);
    }

    [Test]
    public void A_place_that_is_given_back_twice_is_free_once()
    {
        var limits = Of(new() { RunningPerUser = 2 });
        var first = Take(limits, Me);
        using var second = Take(limits, Me);
        first.Dispose();
        first.Dispose();

        using var third = Take(limits, Me);
        Refused(limits, Me, Running, 5);
    }

    [Test]
    public void An_address_has_at_most_the_allowed_number_of_running_answers()
    {
        var limits = Of(new() { RunningPerAddress = 2 });
        using var first = Take(limits, Me);
        using var second = Take(limits, Neighbour);

        Refused(limits, Me, Running, 5);
        using var others = Take(limits, Other);
    }

    [Test]
    public void All_users_together_have_at_most_the_allowed_number_of_running_answers()
    {
        var limits = Of(new() { Running = 2 });
        var mine = Take(limits, Me);
        using var others = Take(limits, Other);

        Refused(limits, Neighbour, Running, 5);
        mine.Dispose();
        using var third = Take(limits, Neighbour);
    }

    [Test]
    public void The_time_to_wait_is_until_the_oldest_start_is_a_minute_old()
    {
        var limits = Of(new() { StartsPerMinute = 2 });
        Take(limits, Me).Dispose();
        _time.Advance(TimeSpan.FromSeconds(41.5));
        Take(limits, Me).Dispose();

        Refused(limits, Me, Started, 19);
        _time.Advance(TimeSpan.FromSeconds(18));
        Refused(limits, Me, Started, 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(limits, Me).Dispose();
        // The second one of before is now the oldest.
        Refused(limits, Me, Started, 41);
    }

    [Test]
    public void No_minute_has_more_starts_than_allowed_wherever_it_begins()
    {
        var limits = Of(new() { StartsPerMinute = 10, StartsPerMinutePerAddress = 100 });
        var taken = new List<TimeSpan>();
        var random = new Random(7);
        var now = TimeSpan.Zero;
        for (var i = 0; i < 2_000; i++)
        {
            var step = TimeSpan.FromMilliseconds(random.Next(0, 4_000));
            now += step;
            _time.Advance(step);
            try
            {
                Take(limits, Me).Dispose();
                taken.Add(now);
            }
            catch (RefusedException)
            {
                continue;
            }
        }

        Assert.That(taken, Has.Count.GreaterThan(200));
        for (var i = 10; i < taken.Count; i++)
            Assert.That(taken[i] - taken[i - 10], Is.GreaterThanOrEqualTo(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void The_longest_time_to_wait_is_told()
    {
        var limits = Of(new() { StartsPerMinute = 1, StartsPerMinutePerAddress = 2 });
        Take(limits, Me).Dispose();
        _time.Advance(TimeSpan.FromSeconds(10));
        Take(limits, Neighbour).Dispose();

        Refused(limits, Me, Started, 50);
        Refused(limits, Neighbour, Started, 60);
    }

    [Test]
    public void All_users_together_start_at_most_the_allowed_number_of_answers_per_minute()
    {
        var limits = Of(new() { StartsPerMinuteInAll = 2 });
        Take(limits, Me).Dispose();
        Take(limits, Other).Dispose();

        Refused(limits, Neighbour, Started, 60);
    }

    [Test]
    public void Callers_without_an_identity_share_the_limits_of_one_user_by_their_address()
    {
        var limits = Of(new() { StartsPerMinute = 2, RunningPerUser = 10 });
        Take(limits, Fresh("10.0.0.1")).Dispose();
        Take(limits, Fresh("10.0.0.1")).Dispose();

        Refused(limits, Fresh("10.0.0.1"), Started, 60);
        Take(limits, Fresh("10.0.0.2")).Dispose();
        Take(limits, Me).Dispose();
    }

    [Test]
    public void What_a_user_started_without_an_identity_counts_when_it_has_one()
    {
        var limits = Of(new() { RunningPerUser = 1 });
        using var first = Take(limits, Me with { IsNew = true });

        Refused(limits, Me, Running, 5);
        using var others = Take(limits, Neighbour);
    }

    [Test]
    public void Programs_count_by_their_key_and_not_by_their_address()
    {
        var limits = Of(new() { RunningPerAddress = 1, RunningPerUser = 2 });
        using var mine = Take(limits, Me);
        var program = new Caller(Owner.Program("nightly"), Me.Address);
        using var first = Take(limits, program);
        using var second = Take(limits, program);

        Refused(limits, program, Running, 5);
        using var another = Take(limits, new Caller(Owner.Program("hourly"), Me.Address));
    }

    [Test]
    public void A_refused_start_does_not_count()
    {
        var limits = Of(new() { RunningPerUser = 1, Running = 2, StartsPerMinute = 3 });
        using var running = Take(limits, Me);
        for (var i = 0; i < 10; i++)
            Refused(limits, Me, Running, 5);

        using var others = Take(limits, Other);
        running.Dispose();
        Take(limits, Me).Dispose();
        Take(limits, Me).Dispose();
        Refused(limits, Me, Started, 60);
    }

    [Test]
    public void A_spare_place_is_never_the_last_one()
    {
        var limits = Of(new() { RunningPerUser = 2, StartsPerMinute = 4 });

        var spare = TakeSpare(limits, Me);
        Assert.That(spare, Is.Not.Null);
        using (Take(limits, Me))
            Assert.That(TakeSpare(limits, Me), Is.Null);
        Assert.That(TakeSpare(limits, Me), Is.Null, "one runs");
        spare!.Dispose();
        Take(limits, Me).Dispose();
        Assert.That(TakeSpare(limits, Me), Is.Null, "the last start of the minute is the user's");
        Take(limits, Me).Dispose();
        Refused(limits, Me, Started, 60);
    }

    private static Caller Fresh(string address) => new(Owner.NewBrowser(), address) { IsNew = true };

    private StartLimits Of(LimitOptions options) => new(Options.Create(options), AloneWith(_time), _time);

    private static SharedPlaces AloneWith(TimeProvider time) =>
        new(null!, new OneInstance(), new Instance(), time, NullLogger<SharedPlaces>.Instance);

    private static IDisposable Take(StartLimits limits, Caller caller) =>
        (IDisposable)limits.TakeAsync(caller).GetAwaiter().GetResult();

    private static IDisposable? TakeSpare(StartLimits limits, Caller caller) =>
        (IDisposable?)limits.TryTakeSpareAsync(caller).GetAwaiter().GetResult();

    private static void Refused(StartLimits limits, Caller caller, string detail, int retryAfter)
    {
        var refusal = Assert.Throws<RefusedException>(() => Take(limits, caller))!.Refusal;
        Assert.That(
            (refusal.Status, refusal.Field, refusal.Detail, refusal.Code, refusal.RetryAfter),
            Is.EqualTo((429, (string?)null, detail, detail == Running ? "too_many_running" : "too_many_starts", retryAfter)));
    }
}
