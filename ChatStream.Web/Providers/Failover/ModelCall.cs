using System.Diagnostics;
using ChatStream.Web.Contract;
using ChatStream.Web.Telemetry;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Failover;

/// <summary>
/// The span of one request to a deployment, by OpenTelemetry's conventions for generative AI, version
/// <see cref="Conventions"/>. It never has a text of the request or of the answer.
/// </summary>
internal sealed class ModelCall : IDisposable
{
    /// <summary>The source of these spans.</summary>
    public const string SourceName = "ChatStream.Models";

    /// <summary>The version of the semantic conventions.</summary>
    public const string Conventions = "1.37.0";

    private static readonly ActivitySource Source = new(new ActivitySourceOptions(SourceName)
    {
        TelemetrySchemaUrl = $"https://opentelemetry.io/schemas/{Conventions}",
    });

    private readonly Activity _activity;
    private string? _model;

    private ModelCall(Activity activity) => _activity = activity;

    /// <summary>Begins the span, below the current one. Null where nothing listens.</summary>
    public static ModelCall? Start(string model, ModelDeployment deployment)
    {
        if (!Source.HasListeners())
            return null;
        var activity = Source.StartActivity($"chat {model}", ActivityKind.Client, parentContext: default, tags:
        [
            new("gen_ai.operation.name", "chat"),
            new("gen_ai.provider.name", deployment.Provider),
            new("gen_ai.request.model", model),
            new("chatstream.deployment", deployment.Name),
        ]);
        return activity is null ? null : new ModelCall(activity);
    }

    /// <summary>Takes from an update what it says about the call.</summary>
    public void See(ChatResponseUpdate update)
    {
        if (update.ModelId is { } model && !ReferenceEquals(model, _model))
            _activity.SetTag("gen_ai.response.model", _model = model);
        if (update.FinishReason is { } reason)
            _activity.SetTag("gen_ai.response.finish_reasons", new[] { reason.Value });
        foreach (var content in update.Contents)
        {
            if (content is UsageContent { Details: var used })
                See(used);
        }
    }

    /// <summary>Takes from a whole response what it says about the call.</summary>
    public void See(ChatResponse response)
    {
        _activity.SetTag("gen_ai.response.model", response.ModelId);
        if (response.FinishReason is { } reason)
            _activity.SetTag("gen_ai.response.finish_reasons", new[] { reason.Value });
        if (response.Usage is { } used)
            See(used);
    }

    /// <summary>The call failed.</summary>
    public void Failed(FailureCode code)
    {
        _activity.SetTag("error.type", ChatMeter.Label(code));
        _activity.SetStatus(ActivityStatusCode.Error);
    }

    public void Dispose() => _activity.Dispose();

    private void See(UsageDetails used)
    {
        _activity.SetTag("gen_ai.usage.input_tokens", used.InputTokenCount);
        _activity.SetTag("gen_ai.usage.output_tokens", used.OutputTokenCount);
    }
}
