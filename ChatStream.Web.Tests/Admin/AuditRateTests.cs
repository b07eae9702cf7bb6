using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Admin;

internal sealed class AuditRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public void One_request_can_delete_as_many_conversations_as_it_may_and_then_a_minute_has_its_limit()
    {
        var rate = new AuditRate(60, _time);

        Assert.That(Taken(rate, "ada", AuditAction.ConversationDeleted, 2_000), Is.EqualTo(AuditRate.MostSaved));
        Assert.That(Taken(rate, "bob", AuditAction.ConversationDeleted, 10), Is.EqualTo(10), "another user");
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(Taken(rate, "ada", AuditAction.ConversationDeleted, 2_000), Is.EqualTo(30));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.That(Taken(rate, "ada", AuditAction.ConversationDeleted, 2_000), Is.EqualTo(AuditRate.MostSaved));
    }

    [Test]
    public void The_first_of_each_action_in_a_minute_is_always_noted()
    {
        var rate = new AuditRate(1, _time);
        Taken(rate, "ada", AuditAction.ConversationExported, 2_000);

        Assert.That(Taken(rate, "ada", AuditAction.AccountErased, 5), Is.EqualTo(1));
        Assert.That(Taken(rate, "ada", AuditAction.ConversationShared, 5), Is.EqualTo(1));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(Taken(rate, "ada", AuditAction.AccountErased, 5), Is.Zero);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Taken(rate, "ada", AuditAction.AccountErased, 5), Is.EqualTo(1));
    }

    [Test]
    public void What_is_left_out_is_told_once_in_a_minute()
    {
        var rate = new AuditRate(1, _time);

        Assert.That(Told(rate), Is.EqualTo(1));
        Assert.That(Told(rate), Is.Zero);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(Told(rate), Is.EqualTo(1));
    }

    private static int Taken(AuditRate rate, string user, AuditAction action, int times) =>
        Enumerable.Range(0, times).Count(_ => rate.Takes(user, action, out var _));

    private static int Told(AuditRate rate) => Enumerable.Range(0, 2_000).Count(_ =>
        !rate.Takes("ada", AuditAction.ConversationExported, out var isFirstLeftOut) && isFirstLeftOut);
}
