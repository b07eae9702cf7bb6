using ChatStream.Web.Hosting;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Hosting;

/// <summary>The public origin is compared with what browsers send, so it is kept as they write it.</summary>
internal sealed class SiteOptionsTests
{
    [TestCase("https://chat.example.org", "https://chat.example.org")]
    [TestCase("https://chat.example.org/", "https://chat.example.org")]
    [TestCase("HTTPS://Chat.Example.ORG", "https://chat.example.org")]
    [TestCase("https://chat.example.org:443", "https://chat.example.org")]
    [TestCase("http://chat.example.org:80/", "http://chat.example.org")]
    [TestCase("http://chat.example.org:443", "http://chat.example.org:443")]
    [TestCase("https://chat.example.org:8443", "https://chat.example.org:8443")]
    [TestCase("https://bücher.example", "https://xn--bcher-kva.example")]
    [TestCase("https://BÜCHER.example:443", "https://xn--bcher-kva.example")]
    [TestCase("https://聊天.example", "https://xn--rss932g.example")]
    [TestCase("http://192.168.0.7:5080", "http://192.168.0.7:5080")]
    [TestCase("http://[::1]:5080", "http://[::1]:5080")]
    public void An_origin_is_written_as_browsers_do(string written, string origin)
    {
        var options = new SiteOptions { PublicOrigin = written };
        options.Normalise();

        Assert.That(options.PublicOrigin, Is.EqualTo(origin));
        Assert.That(new SiteOptions.Check().Validate(name: null, options).Succeeded);
    }

    [TestCase("chat.example.org")]
    [TestCase("https://chat.example.org/chat")]
    [TestCase("https://chat.example.org/?a")]
    [TestCase("https://chat.example.org/#a")]
    [TestCase("https://user:word@chat.example.org")]
    [TestCase("ftp://chat.example.org")]
    public void What_is_no_origin_is_left_as_it_is_and_refused(string written)
    {
        var options = new SiteOptions { PublicOrigin = written };
        options.Normalise();

        Assert.That(options.PublicOrigin, Is.EqualTo(written));
        Assert.That(new SiteOptions.Check().Validate(name: null, options).Failed);
    }
}
