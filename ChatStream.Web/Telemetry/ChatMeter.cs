using System.Diagnostics.Metrics;
using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Telemetry;

/// <summary>
/// What ChatStream counts and times. No label has a text, a user or an id: models and deployments are those of the settings, and
/// the rest are closed sets. While nothing listens, a call costs a look at a field.
/// </summary>
internal static class ChatMeter
{
    public const string Name = "ChatStream";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> FirstWord = Seconds(
        "chatstream.answer.first_word", "From the start of an answer to its first word.",
        0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 300);

    private static readonly Histogram<double> WordGap = Seconds(
        "chatstream.answer.word_gap", "Between two pieces of text of an answer, as the model sends them.",
        0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30);

    private static readonly Histogram<double> StartTime = Seconds(
        "chatstream.answer.start", "From a request to its stored start.",
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5);

    private static readonly Histogram<double> StopTime = Seconds(
        "chatstream.answer.stop", "From a stop to the stored end.", 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5);

    private static readonly Histogram<double> CommitTime = Seconds(
        "chatstream.checkpoint.commit", "A commit of the new text of all running answers.",
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2, 10);

    private static readonly Counter<long> Ends = Meter.CreateCounter<long>(
        "chatstream.answers.ended", "{answer}", "Answers that ended, by reason and failure.");

    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>(
        "chatstream.tokens", "{token}",
        "Tokens of answers, titles and summaries: input, cached (a part of input), output, reasoning (a part of output).");

    private static readonly Counter<double> Cost = Meter.CreateCounter<double>(
        "chatstream.cost", unit: null, "What answers, titles and summaries cost, by currency.");

    private static readonly Counter<long> CoolDowns = Meter.CreateCounter<long>(
        "chatstream.deployment.cool_downs", "{cool_down}", "Deployments set aside after a failure before the first word.");

    private static readonly Counter<long> Limits = Meter.CreateCounter<long>(
        "chatstream.limits.hit", "{refusal}", "Requests refused by a limit.");

    /// <summary>Whether the gaps between words are measured.</summary>
    public static bool MeasuresGaps => WordGap.Enabled;

    public static void Gap(TimeSpan time) => WordGap.Record(time.TotalSeconds);

    public static void Started(TimeSpan time) => StartTime.Record(time.TotalSeconds);

    public static void Stopped(TimeSpan time) => StopTime.Record(time.TotalSeconds);

    public static void Committed(TimeSpan time) => CommitTime.Record(time.TotalSeconds);

    /// <param name="model">Its name in the settings; a model that was removed from them is <c>other</c>.</param>
    /// <param name="reason">How the answer ended.</param>
    /// <param name="failure">Why it ended badly; null: it did not.</param>
    /// <param name="usage">What it used; null: nothing.</param>
    /// <param name="firstWord">From its start to its first word; null: there was none, or it came in another process.</param>
    public static void Ended(string model, FinishReason reason, FailureCode? failure, UsagePayload? usage, TimeSpan? firstWord)
    {
        if (Ends.Enabled)
        {
            var why = failure is { } code ? Label(code) : "none";
            Ends.Add(1, Of("model", model), Of("reason", Label(reason)), Of("failure", why));
        }
        if (firstWord is { } time)
            FirstWord.Record(time.TotalSeconds, Of("model", model));
        if (usage is not null)
            Used(model, usage);
    }

    /// <summary>A model was asked, for an answer or for anything else.</summary>
    /// <param name="model">Its name in the settings; a model that was removed from them is <c>other</c>.</param>
    /// <param name="usage">What it used.</param>
    public static void Used(string model, UsagePayload usage)
    {
        Count("input", usage.InputTokens);
        Count("cached", usage.CachedTokens);
        Count("output", usage.OutputTokens);
        Count("reasoning", usage.ReasoningTokens);
        if (usage.Cost is { } cost && Cost.Enabled)
            Cost.Add((double)cost.Amount, Of("model", model), Of("currency", cost.Currency));

        void Count(string type, long? tokens)
        {
            if (tokens > 0 && Tokens.Enabled)
                Tokens.Add(tokens.Value, Of("model", model), Of("type", type));
        }
    }

    public static void CooledDown(string model, string deployment, FailureCode cause)
    {
        if (CoolDowns.Enabled)
            CoolDowns.Add(1, Of("model", model), Of("deployment", deployment), Of("failure", Label(cause)));
    }

    /// <param name="code">The refusal's, such as <c>too_many_starts</c>.</param>
    public static void LimitHit(string code) => Limits.Add(1, Of("limit", code));

    /// <summary>The word of a closed set, as the contract has it.</summary>
    public static string Label<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static KeyValuePair<string, object?> Of(string label, string value) => new(label, value);

    private static Histogram<double> Seconds(string name, string description, params double[] boundaries) =>
        Meter.CreateHistogram(
            name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
