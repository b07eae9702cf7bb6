using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Owning;

internal sealed class ForwardedTicketTests
{
    private const string Target = "/chat/stream/gggggggggggggggg";

    private static readonly Caller Ada = new(Owner.NewBrowser(), "10.0.0.1") { IsNew = true, IsPage = true };

    private readonly OneInstance _instances = new();
    private readonly Instance _here = new();
    private readonly Instance _there = new();

    [Test]
    public void It_tells_who_asks()
    {
        var ticket = Of(_there).Write(Ada, _here.Id, "GET", Target);

        Assert.That(Of(_here).Read(ticket, "GET", Target, out _), Is.EqualTo(Ada));
    }

    [Test]
    public void It_is_good_for_one_instance_and_one_request_only()
    {
        var ticket = Of(_there).Write(Ada, _here.Id, "GET", Target);

        Assert.That(Of(new Instance()).Read(ticket, "GET", Target, out var isMisdirected), Is.Null, "another instance");
        Assert.That(isMisdirected);
        Assert.That(Of(_here).Read(ticket, "POST", Target, out _), Is.Null, "another method");
        Assert.That(Of(_here).Read(ticket, "GET", $"{Target}?lastEventId=1", out _), Is.Null, "another address");
    }

    [TestCase(-121, false)]
    [TestCase(-119, true)]
    [TestCase(-30, true)]
    [TestCase(30, true)]
    [TestCase(119, true)]
    [TestCase(121, false)]
    public void Clocks_may_differ_and_old_tickets_are_worth_nothing(int seconds, bool isGood)
    {
        var now = new DateTimeOffset(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);
        var ticket = Of(_there, at: now).Write(Ada, _here.Id, "GET", Target);

        var read = Of(_here, at: now.AddSeconds(seconds)).Read(ticket, "GET", Target, out _);

        Assert.That(read, isGood ? Is.EqualTo(Ada) : Is.Null);
    }

    [Test]
    public void A_secret_that_is_set_must_be_the_same()
    {
        var ticket = Of(_there, secret: new string('a', 32)).Write(Ada, _here.Id, "GET", Target);

        Assert.That(Of(_here, secret: new string('a', 32)).Read(ticket, "GET", Target, out _), Is.EqualTo(Ada));
        Assert.That(Of(_here, secret: new string('b', 32)).Read(ticket, "GET", Target, out _), Is.Null);
        Assert.That(Of(_here).Read(ticket, "GET", Target, out _), Is.Null);
    }

    [Test]
    public void Each_changed_letter_makes_it_worthless()
    {
        var ticket = Of(_there).Write(Ada, _here.Id, "GET", Target);
        var here = Of(_here);

        for (var i = 0; i < ticket.Length - 1; i++)
        {
            var letters = ticket.ToCharArray();
            letters[i] = letters[i] == 'A' ? 'B' : 'A';
            Assert.That(here.Read(new string(letters), "GET", Target, out _), Is.Null, $"letter {i}");
        }
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("e30.")]
    [TestCase("e30.e30")]
    [TestCase("not a ticket")]
    public void What_is_no_ticket_is_refused(string text) =>
        Assert.That(Of(_here).Read(text, "GET", Target, out _), Is.Null);

    private ForwardedTicket Of(Instance instance, string secret = "", DateTimeOffset? at = null)
    {
        var cluster = new Cluster(_instances);
        cluster.JoinAsync(CancellationToken.None).GetAwaiter().GetResult();
        return new(
            cluster, instance, Options.Create(new ClusterOptions { Secret = secret }),
            new FakeTimeProvider(at ?? DateTimeOffset.UnixEpoch));
    }
}
