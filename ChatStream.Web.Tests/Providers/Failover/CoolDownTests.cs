using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Failover;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Failover;

/// <summary>A deployment that failed is left alone for a while. Then one request finds out whether it works again.</summary>
internal sealed class CoolDownTests
{
    private readonly FakeTimeProvider _time = new();
    private CoolDown _coolDown;

    [SetUp]
    public void Begin() => _coolDown = New();

    [Test]
    public void A_deployment_that_has_not_failed_may_be_asked_by_any_number()
    {
        for (var i = 0; i < 200; i++)
            Assert.That(_coolDown.TryEnter(out _), Is.Not.Null);
    }

    [TestCase(30, 30)]
    [TestCase(0, 1)]
    [TestCase(null, 5)]
    public void After_a_rate_limit_it_cools_as_long_as_the_service_says(int? retryAfter, int seconds)
    {
        var told = Fail(RateLimited(retryAfter));
        Assert.That(told.Seconds, Is.EqualTo(seconds));

        Wait(seconds - 0.1);
        Assert.That(Left(), Is.EqualTo(1));
        Wait(0.1);
        Assert.That(Left(), Is.Null);
    }

    [Test]
    public void What_is_left_is_told()
    {
        Fail(RateLimited(30));
        Wait(12.5);

        Assert.That(_coolDown.TryEnter(out var cooling), Is.Null);
        Assert.That((cooling!.Cause.Code, cooling.Seconds), Is.EqualTo((FailureCode.RateLimited, 18)));
    }

    [Test]
    public void A_wait_of_a_day_is_told_but_a_probe_is_sent_after_the_longest_cool_down()
    {
        Assert.That(Fail(RateLimited(86_400)).Seconds, Is.EqualTo(86_400));
        Wait(59);
        Assert.That(Left(), Is.EqualTo(86_341));
        Wait(1);

        using var probe = _coolDown.TryEnter(out _);
        Assert.That(probe, Is.Not.Null);
        Assert.That(Left(), Is.EqualTo(86_340), "the others still wait");
    }

    [TestCase(int.MaxValue)]
    [TestCase(-5)]
    public void An_absurd_wait_does_no_harm(int retryAfter)
    {
        Fail(RateLimited(retryAfter));
        Wait(60);

        Assert.That(Left(), Is.Null);
    }

    [Test]
    public void Of_200_requests_after_a_cool_down_one_is_the_probe()
    {
        Fail(RateLimited(20));
        Wait(20);
        var entered = 0;
        Parallel.For(0, 200, _ =>
        {
            if (_coolDown.TryEnter(out var _) is not null)
                Interlocked.Increment(ref entered);
        });

        Assert.That(entered, Is.EqualTo(1));
        Assert.That(Left(), Is.EqualTo(1));
    }

    [Test]
    public void Once_the_probe_is_answered_all_may_ask()
    {
        Fail(RateLimited(20));
        Wait(20);
        using var probe = _coolDown.TryEnter(out _)!;
        probe.Answered();

        Assert.That(new[] { Left(), Left(), Left() }, Is.All.Null);
    }

    [Test]
    public void A_probe_that_fails_cools_the_deployment_again()
    {
        Fail(RateLimited(20));
        Wait(20);
        Assert.That(Fail(RateLimited(7)).Seconds, Is.EqualTo(7));

        Assert.That(Left(), Is.EqualTo(7));
        Wait(7);
        Assert.That(Left(), Is.Null);
    }

    [Test]
    public void Without_a_time_of_the_service_each_failed_probe_doubles_the_cool_down_up_to_the_longest()
    {
        var waits = new List<int?>();
        for (var i = 0; i < 6; i++)
        {
            waits.Add(Fail(Unavailable()).Seconds);
            Wait(60);
        }
        Assert.That(waits, Is.EqualTo(new int?[] { 5, 10, 20, 40, 60, 60 }));

        using (var probe = _coolDown.TryEnter(out _)!)
            probe.Answered();
        Assert.That(Fail(Unavailable()).Seconds, Is.EqualTo(5), "an answer begins the count anew");
    }

    [Test]
    public void Requests_that_fail_together_count_once()
    {
        var passes = Enumerable.Range(0, 200).Select(_ => _coolDown.TryEnter(out var _)!).ToList();
        var told = passes.ConvertAll(pass => pass.Failed(Unavailable()).Seconds);

        Assert.That(told, Is.All.EqualTo(5));
        Wait(5);
        Assert.That(Left(), Is.Null);
    }

    [Test]
    public void The_longest_wait_of_requests_that_fail_together_counts()
    {
        var passes = Enumerable.Range(0, 3).Select(_ => _coolDown.TryEnter(out var _)!).ToList();
        passes[0].Failed(RateLimited(10));
        passes[1].Failed(RateLimited(30));
        Assert.That(passes[2].Failed(RateLimited(1)).Seconds, Is.EqualTo(30));

        Assert.That(Left(), Is.EqualTo(30));
    }

    [Test]
    public void An_answer_to_a_request_from_before_the_failure_does_not_end_the_cool_down()
    {
        using var earlier = _coolDown.TryEnter(out _)!;
        Fail(RateLimited(20));
        earlier.Answered();

        Assert.That(Left(), Is.EqualTo(20));
    }

    [Test]
    public void If_the_probe_is_stopped_the_next_request_is_the_probe()
    {
        Fail(Unavailable());
        Wait(5);
        _coolDown.TryEnter(out _)!.Dispose();
        using var next = _coolDown.TryEnter(out _);

        Assert.That(next, Is.Not.Null);
        Assert.That(Left(), Is.EqualTo(1));
    }

    [Test]
    public void A_request_that_ends_meanwhile_does_not_end_the_probe()
    {
        var earlier = _coolDown.TryEnter(out _)!;
        Fail(Unavailable());
        Wait(5);
        using var probe = _coolDown.TryEnter(out _);
        earlier.Dispose();

        Assert.That(Left(), Is.EqualTo(1));
    }

    [Test]
    public void A_probe_after_a_rate_limit_that_is_not_refused_soon_counts_as_answered()
    {
        Fail(RateLimited(20));
        Wait(20);
        using var probe = _coolDown.TryEnter(out _);
        Wait(CoolDown.ProbePatience.TotalSeconds - 0.1);
        Assert.That(Left(), Is.EqualTo(1));
        Wait(0.1);
        Assert.That(new[] { Left(), Left() }, Is.All.Null);
    }

    [Test]
    public void A_probe_after_another_fault_needs_an_answer()
    {
        Fail(Unavailable());
        Wait(5);
        using var probe = _coolDown.TryEnter(out _);
        Wait(120);

        Assert.That(Left(), Is.EqualTo(1));
    }

    [Test]
    public void With_a_longest_cool_down_of_zero_nothing_cools()
    {
        _coolDown = New(new FailoverOptions { LongestCoolDown = TimeSpan.Zero });

        Assert.That(Fail(RateLimited(20)).Seconds, Is.EqualTo(20), "what the service said is still told");
        Assert.That(Fail(Unavailable()).Seconds, Is.Null);
        Assert.That(new[] { Left(), Left() }, Is.All.Null);
    }

    private static ModelException RateLimited(int? retryAfter) => new(FailureCode.RateLimited, "Slow down.", retryAfter);

    private static ModelException Unavailable() => new(FailureCode.ModelUnavailable, "Down.");

    private CoolDown New(FailoverOptions? options = null) => new(options ?? new FailoverOptions(), _time);

    private void Wait(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private Cooling Fail(ModelException cause)
    {
        using var pass = _coolDown.TryEnter(out _)!;
        return pass.Failed(cause);
    }

    /// <summary>The seconds that a request now has to wait; null: it may be sent. It then ends without a result.</summary>
    private int? Left()
    {
        using var pass = _coolDown.TryEnter(out var cooling);
        return cooling?.Seconds;
    }
}
