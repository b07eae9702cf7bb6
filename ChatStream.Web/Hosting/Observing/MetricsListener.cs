using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry.Metrics;

namespace ChatStream.Web.Hosting.Observing;

/// <summary>
/// Serves <c>/metrics</c>, and nothing else, at an address of its own. It knows no users: who reaches the address may read it.
/// </summary>
internal sealed partial class MetricsListener(ILogger<MetricsListener> logger)
{
    private WebApplication? _app;

    public async Task StartAsync(string address, MeterProvider metrics, CancellationToken cancellationToken)
    {
        // Empty, so that no setting of the app's own web server counts here, and signals are the app's alone.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls(address);
        _app = builder.Build();
        _app.Use((http, next) =>
        {
            if (http.Features.Get<IHttpMetricsTagsFeature>() is { } tags)
                tags.MetricsDisabled = true; // scrapes are no requests of users
            return next(http);
        });
        _app.UseOpenTelemetryPrometheusScrapingEndpoint(
            metrics, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);
        _app.Run(http =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await _app.StartAsync(cancellationToken);
        Log.Served(logger, address);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is null)
            return;
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Metrics are served at {Address}/metrics.")]
        public static partial void Served(ILogger logger, string address);
    }
}
