using System.Net;
using ChatStream.Web.Answers;
using ChatStream.Web.Contract;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers;

/// <summary>Which new identities went to one browser.</summary>
internal sealed class NewcomersTests
{
    private static readonly Owner Ada = new("browser:ada");
    private static readonly Owner Bob = new("browser:bob");
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();
    private Newcomers _newcomers = null!;

    [SetUp]
    public void SetUp() => _newcomers = new Newcomers(_time);

    [TestCase(0, true)]
    [TestCase(10, true)]
    [TestCase(10.1, false)]
    public void Identities_are_one_browsers_if_they_were_given_at_once(double apart, bool expected)
    {
        _newcomers.Add(Ada, Here, "Firefox");
        _time.Advance(TimeSpan.FromSeconds(apart));
        _newcomers.Add(Bob, Here, "Firefox");

        Assert.That((_newcomers.AreOneBrowser(Ada, Bob), _newcomers.AreOneBrowser(Bob, Ada)), Is.EqualTo((expected, expected)));
    }

    [TestCase("192.0.2.2", "Firefox")]
    [TestCase("192.0.2.1", "Chromium")]
    [TestCase(null, "Firefox")]
    public void Another_address_or_kind_of_browser_is_another_browser(string? address, string userAgent)
    {
        _newcomers.Add(Ada, Here, "Firefox");
        _newcomers.Add(Bob, address is null ? null : IPAddress.Parse(address), userAgent);

        Assert.That(_newcomers.AreOneBrowser(Ada, Bob), Is.False);
    }

    [Test]
    public void An_identity_that_was_not_noted_is_no_newcomer()
    {
        _newcomers.Add(Ada, Here, "Firefox");

        Assert.That((_newcomers.AreOneBrowser(Ada, Bob), _newcomers.AreOneBrowser(Bob, Ada)), Is.EqualTo((false, false)));
    }

    [Test]
    public void A_newcomer_is_new_for_half_an_hour([Values] bool othersCome)
    {
        _newcomers.Add(Ada, Here, "Firefox");
        _newcomers.Add(Bob, Here, "Firefox");
        _time.Advance(Newcomers.KeptFor);
        Assert.That(_newcomers.AreOneBrowser(Ada, Bob));

        _time.Advance(TimeSpan.FromSeconds(1));
        if (othersCome)
            _newcomers.Add(new Owner("browser:eve"), Here, "Firefox");

        Assert.That(_newcomers.AreOneBrowser(Ada, Bob), Is.False);
    }

    [Test]
    public void A_flood_of_newcomers_removes_the_oldest()
    {
        _newcomers.Add(Ada, Here, "Firefox");
        _newcomers.Add(Bob, Here, "Firefox");
        for (var i = 0; i < 10_000; i++)
            _newcomers.Add(new Owner($"browser:{i}"), Here, "Firefox");

        Assert.That(_newcomers.AreOneBrowser(Ada, Bob), Is.False);
        Assert.That(_newcomers.AreOneBrowser(new Owner("browser:0"), new Owner("browser:9999")));
    }
}
