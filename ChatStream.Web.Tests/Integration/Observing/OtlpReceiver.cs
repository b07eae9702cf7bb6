using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ChatStream.Web.Tests.Integration.Observing;

/// <summary>A span as a collector gets it.</summary>
/// <param name="TraceId">In hexadecimal.</param>
/// <param name="Id">In hexadecimal.</param>
/// <param name="ParentId">In hexadecimal; empty for the first of a trace.</param>
/// <param name="Name">What it does.</param>
/// <param name="Kind">1: internal, 2: server, 3: client.</param>
/// <param name="Attributes">As text; those of several values joined with a comma.</param>
/// <param name="Links">The traces and spans that it is linked to.</param>
/// <param name="Events">The names of its events.</param>
/// <param name="Status">0: not set, 1: well, 2: an error.</param>
/// <param name="Source">What made it.</param>
internal sealed record Span(
    string TraceId, string Id, string ParentId, string Name, int Kind, IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<(string TraceId, string SpanId)> Links, IReadOnlyList<string> Events, int Status, string Source);

/// <summary>A collector on loopback that takes traces and metrics over HTTP, as <c>http/protobuf</c>.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Span> _spans = [];
    private readonly ConcurrentDictionary<string, bool> _metrics = [];
    private readonly SemaphoreSlim _came = new(0);

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    public string Address => _app.Urls.Single();

    public IReadOnlyCollection<Span> Spans => _spans;

    /// <summary>The names of all metrics that have come.</summary>
    public IEnumerable<string> Metrics => _metrics.Keys;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until what has come is enough.</summary>
    public async Task UntilAsync(Func<bool> isEnough, CancellationToken timeout)
    {
        while (!isEnough())
            await _came.WaitAsync(timeout);
    }

    public ValueTask DisposeAsync()
    {
        _came.Dispose();
        return _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var message = new ProtoMessage(body.ToArray());
        if (http.Request.Path == "/v1/traces")
        {
            foreach (var scope in message.All(1).SelectMany(resource => resource.All(2)))
            {
                foreach (var span in scope.All(2))
                    _spans.Enqueue(Read(span, scope.One(1)?.Text(1) ?? ""));
            }
        }
        else
        {
            foreach (var metric in message.All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2)))
                _metrics[metric.Text(1)] = true;
        }
        http.Response.ContentType = "application/x-protobuf";
        _came.Release();
    }

    private static Span Read(ProtoMessage span, string source) => new(
        span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)span.Number(6),
        span.All(9).ToDictionary(attribute => attribute.Text(1), attribute => Value(attribute.One(2)!)),
        [.. span.All(13).Select(link => (link.Hex(1), link.Hex(2)))],
        [.. span.All(11).Select(one => one.Text(2))],
        (int)(span.One(15)?.Number(3) ?? 0), source);

    private static string Value(ProtoMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(2) ? (value.Number(2) == 1 ? "true" : "false")
        : value.Has(3) ? value.Number(3).ToString(CultureInfo.InvariantCulture)
        : value.One(5) is { } several ? string.Join(',', several.All(1).Select(Value))
        : "?";
}
