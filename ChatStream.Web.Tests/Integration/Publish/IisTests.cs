using System.Xml.Linq;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Publish;

/// <summary><c>web.config</c> holds back nothing, and lets ChatStream itself refuse what is too large.</summary>
internal sealed class IisTests
{
    private static readonly XElement Server =
        XDocument.Load(Path.Combine(Repository.Root, "ChatStream.Web", "web.config")).Descendants("system.webServer").Single();

    [Test]
    public void The_app_runs_in_the_process_of_iis_and_may_finish_its_answers()
    {
        var start = Server.Element("aspNetCore")!;

        Assert.That(start.Attribute("hostingModel")!.Value, Is.EqualTo("inprocess"));
        Assert.That((int)start.Attribute("shutdownTimeLimit")!, Is.GreaterThanOrEqualTo(25 + 10 + 15));
    }

    [Test]
    public void Nothing_compresses_a_stream() =>
        Assert.That(Server.Element("urlCompression")!.Attribute("doDynamicCompression")!.Value, Is.EqualTo("false"));

    [Test]
    public void Its_limits_are_above_those_of_the_app()
    {
        var limits = Server.Descendants("requestLimits").Single();

        Assert.That((int)limits.Attribute("maxAllowedContentLength")!, Is.GreaterThan(32 * 1024 * 1024));
        Assert.That((int)limits.Attribute("maxUrl")!, Is.GreaterThan(8 * 1024));
        Assert.That((int)limits.Attribute("maxQueryString")!, Is.GreaterThan(8 * 1024));
    }
}
