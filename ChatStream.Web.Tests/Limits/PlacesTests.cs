using ChatStream.Web.Limits;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Limits;

internal sealed class PlacesTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public void Keys_that_have_been_idle_for_a_minute_are_forgotten()
    {
        var places = new Places(_time);
        using var held = places.TryTake([new("held", AtOnce: 1, PerMinute: 5)], spare: 0, out _);
        for (var n = 0; n < 1_000; n++)
            places.TryTake([new($"10.0.{n}", AtOnce: 1, PerMinute: 5)], spare: 0, out _)!.Dispose();
        Assert.That(places.Keys, Is.EqualTo(1_001));

        _time.Advance(TimeSpan.FromMinutes(1));
        places.TryTake([new("last", AtOnce: 1)], spare: 0, out _)!.Dispose();

        Assert.That(places.Keys, Is.EqualTo(1), "the one that is held");
    }

    [Test]
    public void What_has_no_limit_per_minute_is_forgotten_when_it_is_given_back()
    {
        var places = new Places(_time);
        places.TryTake([new("a", AtOnce: 1)], spare: 0, out _)!.Dispose();

        Assert.That(places.Keys, Is.Zero);
    }

    [Test]
    public void A_place_is_taken_under_all_limits_or_under_none()
    {
        var places = new Places(_time);
        using var one = places.TryTake([new("a", AtOnce: 1)], spare: 0, out _);

        Assert.That(places.TryTake([new("b", AtOnce: 1, PerMinute: 1), new("a", AtOnce: 1)], spare: 0, out var refusal), Is.Null);

        Assert.That(refusal!.FreeIn, Is.Null);
        using var other = places.TryTake([new("b", AtOnce: 1, PerMinute: 1)], spare: 0, out _);
        Assert.That(other, Is.Not.Null);
    }

    [Test]
    public void Many_threads_never_take_more_than_there_is()
    {
        var places = new Places(_time);
        var (most, held) = (0, 0);
        Parallel.For(0, 20_000, _ =>
        {
            using var place = places.TryTake([new("all", AtOnce: 7)], spare: 0, out var _);
            if (place is null)
                return;
            var now = Interlocked.Increment(ref held);
            for (var seen = most; now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = most)
            {
            }
            Interlocked.Decrement(ref held);
        });

        Assert.That(most, Is.InRange(1, 7));
        Assert.That(places.Keys, Is.Zero);
    }
}
