using BenchmarkDotNet.Attributes;
using ChatStream.Web.Providers.Failover;
using ChatStream.Web.Telemetry;
using Microsoft.Extensions.AI;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ChatStream.Benchmarks.Parts;

/// <summary>What metrics and traces add to a token: with nothing that listens, and with both exported.</summary>
[MemoryDiagnoser]
public class Measuring
{
    private readonly ChatResponseUpdate _update = new(ChatRole.Assistant, " word") { ModelId = "gpt-4o" };
    private WordGaps _gaps = new(TimeProvider.System);
    private MeterProvider? _metrics;
    private TracerProvider? _traces;
    private ModelCall? _call;

    [Params(false, true)]
    public bool Listens { get; set; }

    [GlobalSetup]
    public void Begin()
    {
        if (Listens)
        {
            _metrics = Sdk.CreateMeterProviderBuilder().AddMeter(ChatMeter.Name).AddPrometheusExporter().Build();
            _traces = Sdk.CreateTracerProviderBuilder().AddSource(ModelCall.SourceName).Build();
        }
        _call = ModelCall.Start("gpt-4o", new ModelDeployment("gpt-4o", null!, null!));
    }

    [GlobalCleanup]
    public void End()
    {
        _call?.Dispose();
        _metrics?.Dispose();
        _traces?.Dispose();
    }

    /// <summary>The gap before the token, and the look of the model's span at it.</summary>
    [Benchmark]
    public void Token()
    {
        _call?.See(_update);
        _gaps.Word();
    }
}
