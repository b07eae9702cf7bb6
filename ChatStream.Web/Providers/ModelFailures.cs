using System.ClientModel.Primitives;
using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers;

/// <summary>
/// Maps what a service answers to the contract's codes. The messages are ours, because the service's own quote host names,
/// deployment names and prompts.
/// </summary>
internal static class ModelFailures
{
    private const string Categories = "categories";

    /// <param name="status">4xx or 5xx.</param>
    /// <param name="error">The body's error, if it had one.</param>
    /// <param name="retryAfter">Whole seconds.</param>
    public static ModelException OfStatus(int status, ServiceError? error, int? retryAfter) => status switch
    {
        429 => new(FailureCode.RateLimited, "The model's rate limit has been reached.", retryAfter),
        408 => new(FailureCode.ModelTimeout, "The model service timed out."),
        401 => new(FailureCode.NotConfigured, "The model service refused the credentials (401)."),
        403 => new(FailureCode.NotConfigured, "The model service denied access (403)."),
        404 => new(FailureCode.NotConfigured, "There is no such deployment, or its address or api-version is wrong (404)."),
        >= 500 => new(FailureCode.ModelUnavailable, Invariant($"The model service answered with status {status}."), retryAfter),
        _ => OfError(error) ?? new(FailureCode.ModelRejected, Invariant($"The model service rejected the request ({status}).")),
    };

    /// <summary>An error inside a 200 stream.</summary>
    public static ModelException InStream(ServiceError error) =>
        OfError(error) ?? new(FailureCode.ModelUnavailable, "The model service reported an error while it answered.");

    /// <summary>The verdict of the content filter on an answer, as an update carries it.</summary>
    /// <param name="categories">What the filter found; null where it did not say.</param>
    public static ErrorContent AnswerFiltered(IReadOnlyList<string>? categories) => new(FilterMessage("The answer", Distinct(categories)))
    {
        ErrorCode = "content_filter",
        AdditionalProperties = new() { [Categories] = Distinct(categories) },
    };

    /// <summary>The failure that a verdict becomes.</summary>
    /// <param name="verdict">As <see cref="AnswerFiltered"/> makes it; null where the answer ended as filtered without one.</param>
    public static FailurePayload OfVerdict(ErrorContent? verdict) => new(
        FailureCode.ContentFilter, verdict?.Message ?? FilterMessage("The answer", null),
        Categories: verdict?.AdditionalProperties?.GetValueOrDefault(Categories) as IReadOnlyList<string>);

    /// <summary>The service refused the prompt.</summary>
    /// <param name="categories">What its filter found; null where it did not say.</param>
    public static ModelException PromptFiltered(IReadOnlyList<string>? categories) =>
        new(FailureCode.ContentFilter, FilterMessage("The prompt", Distinct(categories)), categories: Distinct(categories));

    private static string FilterMessage(string what, IReadOnlyList<string>? categories) => categories is null
        ? $"{what} was stopped by the content filter."
        : $"{what} was stopped by the content filter: {string.Join(", ", categories)}.";

    private static string[]? Distinct(IReadOnlyList<string>? categories) => categories is { Count: > 0 } ? [.. categories.Distinct()] : null;

    /// <summary><c>retry-after-ms</c>, or else <c>Retry-After</c> as seconds or a date; whole seconds, rounded up.</summary>
    public static int? RetryAfter(PipelineResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.TryGetValue("retry-after-ms", out var text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds >= 0)
            return Seconds(milliseconds / 1000);
        if (!headers.TryGetValue("Retry-After", out text))
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0)
            return Seconds(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Seconds(Math.Max(0, (date - now).TotalSeconds))
            : null;
    }

    private static ModelException? OfError(ServiceError? error) => (error?.Code ?? error?.Type) switch
    {
        "content_filter" => PromptFiltered(error!.FilteredBy),
        "context_length_exceeded" => new(FailureCode.ContextLengthExceeded, "The conversation is longer than the model can read."),
        "rate_limit_exceeded" or "429" => new(FailureCode.RateLimited, "The model's rate limit has been reached."),
        "model_not_found" or "DeploymentNotFound" => new(FailureCode.NotConfigured, "There is no such deployment."),
        "unsupported_parameter" or "unsupported_value" or "invalid_value" => new(
            FailureCode.ModelRejected, IsName(error!.Param) ? $"The model does not take the parameter {error.Param} as it was sent." : "The model does not take a parameter as it was sent."),
        _ => null,
    };

    // A parameter's name may be repeated to the client; anything else that a service puts there may not.
    private static bool IsName(string? param) => param is { Length: > 0 and < 64 } && param.All(c => char.IsAsciiLetterLower(c) || c == '_');

    private static int Seconds(double seconds) => (int)Math.Min(Math.Ceiling(seconds), int.MaxValue);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
