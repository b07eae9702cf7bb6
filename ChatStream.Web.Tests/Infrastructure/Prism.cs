using System.Diagnostics;
using System.Text.Json;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>Stoplight's Prism: a proxy that compares each request and each response with <c>openapi.json</c>.</summary>
internal sealed class Prism : IAsyncDisposable
{
    /// <summary>The document that it compares with.</summary>
    public static readonly string Document = Path.Combine(Repository.Root, "ChatStream.Web", "Contract", "openapi.json");

    private readonly RealProcess _process;

    private Prism(RealProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <param name="upstream">The origin that it sends each request on to.</param>
    public static async Task<Prism> StartAsync(string upstream)
    {
        var port = FreePort.Find();
        var process = RealProcess.Start(new ProcessStartInfo(RealParts.NodeWithPackages)
        {
            ArgumentList =
            {
                Path.Combine(Repository.Tests, "node_modules", "@stoplight", "prism-cli", "dist", "index.js"), "proxy", "--port",
                $"{port}", "--multiprocess", "false", Document, upstream.TrimEnd('/'),
            },
        });
        await process.LineAsync(line => line.Contains("Prism is listening", StringComparison.Ordinal));
        return new Prism(process, new Uri($"http://127.0.0.1:{port}"));
    }

    /// <summary>What breaks the document, as JSON objects, one a line. Empty: nothing.</summary>
    /// <param name="response">What came through the proxy.</param>
    /// <param name="part"><c>request</c> or <c>response</c>.</param>
    public static string ViolationsOf(HttpResponseMessage response, string part) =>
        !response.Headers.TryGetValues("sl-violations", out var values)
            ? ""
            : string.Join('\n', JsonDocument.Parse(string.Join('\n', values)).RootElement.EnumerateArray()
                .Where(each => each.GetProperty("location")[0].GetString() == part).Select(each => each.GetRawText()));

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
