using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The unit tests of the page's script, which Node.js runs.</summary>
internal sealed class ClientUnitTests
{
    [Test]
    public void The_tests_of_the_page_script_pass()
    {
        Assert.That(RealParts.Node, Is.Not.Empty);

        var (output, exitCode) = RealProcess.Run(new ProcessStartInfo("npm", ["test"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "ChatStream.Web"),
        });

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Match(@"# pass [1-9]\d+"), "there are tests that were run");
    }
}
