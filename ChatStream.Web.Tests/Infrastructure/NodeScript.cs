using System.Diagnostics;
using System.Text.Json;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A script of these tests run by Node.js, which is told its task in one JSON argument and prints JSON lines.</summary>
internal static class NodeScript
{
    /// <param name="script">Its path under <c>ChatStream.Web.Tests</c>.</param>
    /// <param name="task">What it is to do.</param>
    public static RealProcess Start(string script, object task) =>
        RealProcess.Start(new ProcessStartInfo(RealParts.NodeWithPackages)
        {
            ArgumentList = { Path.Combine(Repository.Tests, script), JsonSerializer.Serialize(task, JsonSerializerOptions.Web) },
            WorkingDirectory = Repository.Tests,
        });
}
