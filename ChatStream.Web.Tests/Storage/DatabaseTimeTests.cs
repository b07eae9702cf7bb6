using ChatStream.Web.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

internal sealed class DatabaseTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private FakeTimeProvider _host = null!;

    [SetUp]
    public void Begin() => _host = new FakeTimeProvider(Noon);

    [TestCase(0, ExpectedResult = 0)]
    [TestCase(100, ExpectedResult = 0)]
    [TestCase(-100, ExpectedResult = 0)]
    [TestCase(101, ExpectedResult = 101)]
    [TestCase(-30_000, ExpectedResult = -30_000)]
    [TestCase(600_000, ExpectedResult = 600_000)]
    public double It_follows_the_databases_clock_where_that_differs(int milliseconds)
    {
        var time = Time();

        time.Note(Noon.AddMilliseconds(milliseconds), time.GetTimestamp());

        return (time.GetUtcNow() - Noon).TotalMilliseconds;
    }

    [Test]
    public void What_was_told_is_taken_for_half_as_old_as_the_question()
    {
        var time = Time();
        var asked = time.GetTimestamp();
        _host.Advance(TimeSpan.FromSeconds(1));

        time.Note(Noon.AddSeconds(30.5), asked);
        Assert.That(time.GetUtcNow(), Is.EqualTo(Noon.AddSeconds(31)));

        asked = time.GetTimestamp();
        _host.Advance(TimeSpan.FromSeconds(1));
        time.Note(Noon.AddSeconds(32), asked);
        Assert.That(time.GetUtcNow(), Is.EqualTo(Noon.AddSeconds(32)), "it may have been told at the end");

        time.Note(Noon.AddSeconds(32.05), time.GetTimestamp());
        Assert.That(time.GetUtcNow(), Is.EqualTo(Noon.AddSeconds(32.05)), "a quick answer is more exact");
    }

    [Test]
    public void Durations_are_those_of_the_host()
    {
        var time = Time();
        var begun = time.GetTimestamp();

        time.Note(Noon.AddHours(1), begun);
        _host.Advance(TimeSpan.FromSeconds(3));

        Assert.That(time.GetElapsedTime(begun), Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(time.GetUtcNow(), Is.EqualTo(Noon.AddHours(1).AddSeconds(3)));
    }

    private DatabaseTime Time() => new(_host, NullLogger<DatabaseTime>.Instance);
}
