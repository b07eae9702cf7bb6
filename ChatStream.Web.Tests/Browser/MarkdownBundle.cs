using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The script from <c>Client/markdown</c> that drives the renderer in a page.</summary>
internal static class MarkdownBundle
{
    private static readonly Lazy<string> Folder = new(Build);

    /// <summary>Code that a page evaluates: <c>markdown</c> or <c>markdown-perf</c>.</summary>
    public static string Read(string name) => $"() => {{ {File.ReadAllText(Path.Combine(Folder.Value, $"{name}.js"))} }}";

    private static string Build()
    {
        var client = Path.Combine(Repository.Root, "ChatStream.Web");
        var (output, exitCode) =
            RealProcess.Run(new ProcessStartInfo("npm", ["run", "--silent", "build:tests"]) { WorkingDirectory = client });
        Assert.That(exitCode, Is.Zero, output);
        return Path.Combine(client, "obj", "client-tests");
    }
}
