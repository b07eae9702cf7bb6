using System.Diagnostics.Metrics;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Telemetry;

namespace ChatStream.Web.Answers;

/// <summary>
/// What can be counted at any time, and is only counted when someone asks. It must be made before it can be asked.
/// </summary>
internal sealed class AnswerGauges
{
    public AnswerGauges(IMeterFactory meters, GenerationRegistry registry, CheckpointLoop checkpoints)
    {
        var meter = meters.Create(ChatMeter.Name); // ends with the app
        meter.CreateObservableGauge(
            "chatstream.answers.running", () => registry.Running.Count(), "{answer}", "Answers that run in this process.");
        meter.CreateObservableGauge(
            "chatstream.readers", () => registry.Running.Sum(generation => generation.Frames.ReaderCount), "{reader}",
            "Connections that read a running answer here.");
        meter.CreateObservableGauge(
            "chatstream.checkpoint.lag", () => checkpoints.Lag?.TotalSeconds ?? 0, "s",
            "For how long the database has taken no text; 0: it takes it.");
    }
}
