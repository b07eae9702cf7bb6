using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Providers.Failover;
using ChatStream.Web.Telemetry;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ChatStream.Web.Hosting.Observing;

/// <summary>
/// Exports traces and metrics to a collector, where a setting of OpenTelemetry names one, and serves metrics to Prometheus, where
/// <see cref="ObservingOptions.MetricsAddress"/> is set. Otherwise nothing listens, and nothing is measured.
/// </summary>
internal sealed class Observer(
    IConfiguration settings, IOptions<ObservingOptions> options, AnswerGauges gauges, MetricsListener listener) : IHostedService
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const int Patience = 3_000; // milliseconds for the last export

    private static readonly string[] Quiet = ["/health", "/dist"];

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = gauges; // they must be there before they can be read
        if (IsSet(Endpoint) || IsSet(TracesEndpoint))
            _traces = Traces();
        var address = options.Value.MetricsAddress;
        if (address.Length > 0 || IsSet(Endpoint) || IsSet(MetricsEndpoint))
            _metrics = Metrics(address.Length > 0);
        return address.Length > 0 ? listener.StartAsync(address, _metrics!, cancellationToken) : Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await listener.StopAsync(cancellationToken);
        // It waits for the collector, on this thread.
        await Task.Run(
            () =>
            {
                _traces?.Shutdown(Patience);
                _metrics?.Shutdown(Patience);
            },
            CancellationToken.None);
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private TracerProvider Traces() => Sdk.CreateTracerProviderBuilder()
        .ConfigureServices(services => services.AddSingleton(settings)) // the settings of OpenTelemetry are read from these
        .ConfigureResource(Describe)
        .AddSource(GenerationRunner.ActivitySourceName, ModelCall.SourceName, "System.Net.Http")
        .AddAspNetCoreInstrumentation(requests =>
        {
            requests.Filter = http => !Quiet.Any(path => http.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));
            // A query may hold a message, and a path the secret of a share. The route is told.
            requests.EnrichWithHttpRequest = (activity, _) => activity.SetTag("url.query", null).SetTag("url.path", null);
        })
        .AddOtlpExporter()
        .Build();

    private MeterProvider Metrics(bool forPrometheus)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(settings))
            .ConfigureResource(Describe)
            .AddMeter(
                ChatMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http",
                "System.Runtime");
        if (forPrometheus)
            builder.AddPrometheusExporter();
        if (IsSet(Endpoint) || IsSet(MetricsEndpoint))
            builder.AddOtlpExporter();
        return builder.Build();
    }

    private static void Describe(ResourceBuilder resource) => resource
        .AddService("chatstream", serviceVersion: typeof(Observer).Assembly.GetName().Version?.ToString())
        .AddEnvironmentVariableDetector(); // last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win

    private bool IsSet(string name) => !string.IsNullOrWhiteSpace(settings[name]);
}
