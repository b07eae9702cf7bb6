using ChatStream.Web.Views.Page;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Views;

internal sealed class DaysTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 30, 0, TimeSpan.Zero);

    [TestCase("2026-11-22T00:00Z", "today")]
    [TestCase("2026-11-23T00:00Z", "today", TestName = "What a clock ahead of ours wrote")]
    [TestCase("2026-11-21T23:59Z", "yesterday")]
    [TestCase("2026-11-20T23:59Z", "week")]
    [TestCase("2026-11-15T00:00Z", "week")]
    [TestCase("2026-11-14T23:59Z", "month")]
    [TestCase("2026-10-23T00:00Z", "month")]
    [TestCase("2026-10-22T23:59Z", "2026-10")]
    [TestCase("2025-01-01T00:00Z", "2025-01")]
    public void A_time_belongs_to_a_day(string time, string day) =>
        Assert.That(Days.Of(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), Now, TimeZoneInfo.Utc), Is.EqualTo(day));

    [Test]
    public void The_day_is_the_reader_s()
    {
        var time = new DateTimeOffset(2026, 11, 21, 23, 0, 0, TimeSpan.Zero);

        Assert.That(Days.Of(time, Now, TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo")), Is.EqualTo("today"));
        Assert.That(Days.Of(time, Now, TimeZoneInfo.FindSystemTimeZoneById("America/New_York")), Is.EqualTo("today"), "there it is the 21st, and so is now");
        Assert.That(Days.Of(time, Now, TimeZoneInfo.Utc), Is.EqualTo("yesterday"));
    }
}
