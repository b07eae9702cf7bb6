using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.EventSource;

/// <summary>A package of npm, used by a script of <c>clients/</c>.</summary>
/// <param name="Script">The name of the script, without its folder and its ending.</param>
internal sealed record NodeReader(string Script) : ClientReader
{
    public override async Task<IReadOnlyList<Received>> ReadAsync(
        Uri server, string bearerKey, IReadOnlyList<string> paths, CancellationToken timeout)
    {
        await using var node = NodeScript.Start("Integration/EventSource/clients/run.mjs", new
        {
            client = Script,
            server,
            headers = new { Authorization = $"Bearer {bearerKey}" },
            paths,
        });
        await node.Exited.WaitAsync(timeout);
        var received = node.Output.Split('\n').Where(line => line.StartsWith('{'))
            .Select(line => JsonSerializer.Deserialize<Received>(line, JsonSerializerOptions.Web)!).ToList();
        return received.Count == paths.Count ? received : throw new InvalidOperationException(node.Output);
    }
}
