using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers;

/// <summary>
/// Turns errors and filter verdicts of a model service into failures of the contract. The messages are our own, because the
/// service's messages quote host names, deployment names and prompts.
/// </summary>
internal static class ModelFailures
{
    /// <summary>The message of every <see cref="FailureCode.RateLimited"/>.</summary>
    public const string RateLimit = "The model's rate limit has been reached.";

    private const string Verdict = "verdict";

    /// <summary>The failure for a response with an error status.</summary>
    /// <param name="status">4xx or 5xx.</param>
    /// <param name="error">The error in the response's body; null if there is none.</param>
    /// <param name="retryAfter">Whole seconds, by the response's headers; null: they do not say.</param>
    public static ModelException OfStatus(int status, ServiceError? error, int? retryAfter) => status switch
    {
        402 => QuotaExhausted(),
        403 or 429 when KindOf(error) == ErrorKind.Quota => QuotaExhausted(),
        403 when KindOf(error) == ErrorKind.ContentFilter => PromptFiltered(error!.FilteredBy),
        403 when error is not null && ErrorKinds.IsQuotaOfGateway(error) => QuotaExhausted(retryAfter),
        429 => new(FailureCode.RateLimited, RateLimit, retryAfter),
        408 => new(FailureCode.ModelTimeout, "The model service timed out."),
        401 => new(FailureCode.NotConfigured, "The model service refused the credentials (401)."),
        403 => new(FailureCode.NotConfigured, "The model service denied access (403)."),
        404 => new(FailureCode.NotConfigured, "There is no such deployment, or its address or api-version is wrong (404)."),
        // Some servers refuse a prompt as if it were their own fault.
        >= 500 when KindOf(error) is ErrorKind.TooLong or ErrorKind.ContentFilter or ErrorKind.Quota => OfError(error)!,
        >= 500 => new(
            FailureCode.ModelUnavailable, Invariant($"The model service answered with status {status}."), retryAfter),
        _ when KindOf(error) == ErrorKind.RateLimit => new(FailureCode.RateLimited, RateLimit, retryAfter),
        _ => OfError(error) ?? new(FailureCode.ModelRejected, Invariant($"The model service rejected the request ({status}).")),
    };

    /// <summary>The failure for an error inside a stream that began with status 200.</summary>
    /// <param name="error">As it came.</param>
    /// <param name="hasText">Whether text came before it: then a filter has stopped the answer, not the prompt.</param>
    /// <param name="isLate">Whether the answer had its finish reason already, so that a filter's verdict comes too late.</param>
    public static ModelException InStream(ServiceError error, bool hasText, bool isLate)
    {
        var failure = OfError(error)
            ?? (ErrorKinds.StatusOf(error) is { } status ? OfStatus(status, error: null, retryAfter: null) : null)
            ?? (KindOf(error) == ErrorKind.Invalid
                ? new ModelException(FailureCode.ModelRejected, "The model service rejected the request.") : null)
            ?? new(FailureCode.ModelUnavailable, "The model service reported an error while it answered.");
        return hasText && failure.Code == FailureCode.ContentFilter
            ? new ModelException(Filtered(FilteredPart.Answer, error.FilteredBy, isLate)) : failure;
    }

    /// <summary>The failure for an answer that its service, and not the model, has ended.</summary>
    public static ModelException BrokenOff() =>
        new(FailureCode.ModelUnavailable, "The model service broke off the answer.");

    /// <summary>The failure for a background answer with which its service does not go on.</summary>
    public static ModelException NotGoingOn() =>
        new(FailureCode.Interrupted, "The model service does not go on with the answer.");

    /// <summary>The failure for an answer whose content is nothing that is known here.</summary>
    public static ModelException UnknownContent() =>
        new(FailureCode.MalformedResponse, "The model's answer has content of a kind that is not known here.");

    /// <summary>The failure for a prompt that the content filter stopped.</summary>
    /// <param name="found">What the filter found, duplicates allowed; null if it did not say.</param>
    public static ModelException PromptFiltered(IReadOnlyList<FilteredCategory>? found) =>
        new(Filtered(FilteredPart.Prompt, found));

    /// <summary>A content filter's verdict, as an update carries it. <see cref="OfVerdict"/> reads it.</summary>
    /// <param name="found">What the filter found, duplicates allowed; null if it did not say.</param>
    /// <param name="isLate">Whether the verdict is about text that was sent before it.</param>
    /// <param name="of">What was filtered.</param>
    public static ErrorContent AnswerFiltered(
        IReadOnlyList<FilteredCategory>? found, bool isLate = false, FilteredPart of = FilteredPart.Answer)
    {
        var failure = Filtered(of, found, isLate);
        return new ErrorContent(failure.Message)
        {
            ErrorCode = "content_filter",
            AdditionalProperties = new() { [Verdict] = failure },
        };
    }

    /// <summary>The failure for an answer that the content filter stopped.</summary>
    /// <param name="verdict">From <see cref="AnswerFiltered"/>; null if the answer ended as filtered without a verdict.</param>
    public static FailurePayload OfVerdict(ErrorContent? verdict) =>
        verdict?.AdditionalProperties?.GetValueOrDefault(Verdict) as FailurePayload ?? Filtered(FilteredPart.Answer, found: null);

    private static FailurePayload Filtered(
        FilteredPart part, IReadOnlyList<FilteredCategory>? found, bool isWithdrawn = false)
    {
        string[]? names = found is { Count: > 0 } ? [.. found.Select(category => category.Name).Distinct()] : null;
        var severities = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, severity) in found ?? [])
        {
            if (severity is not null)
                severities[name] = severity;
        }
        var what = part == FilteredPart.Prompt ? "The prompt" : "The answer";
        var why = names is null ? "" : $": {string.Join(", ", names.Select(Rated))}";
        return new FailurePayload(
            FailureCode.ContentFilter, $"{what} was stopped by the content filter{why}.", Categories: names,
            Severities: severities.Count > 0 ? severities : null, Of: part, Withdrawn: isWithdrawn ? true : null);

        string Rated(string name) => severities.TryGetValue(name, out var severity) ? $"{name} ({severity})" : name;
    }

    private static ModelException QuotaExhausted(int? retryAfter = null) =>
        new(FailureCode.QuotaExhausted, "The quota or the budget of the model's deployment is used up.", retryAfter);

    private static ErrorKind KindOf(ServiceError? error) => error is null ? ErrorKind.Unknown : ErrorKinds.Of(error);

    private static ModelException? OfError(ServiceError? error) => error is null ? null : ErrorKinds.Of(error) switch
    {
        ErrorKind.ContentFilter => PromptFiltered(error.FilteredBy),
        ErrorKind.TooLong => new(FailureCode.ContextLengthExceeded, "The conversation is longer than the model can read."),
        ErrorKind.RateLimit => new(FailureCode.RateLimited, RateLimit),
        ErrorKind.Quota => QuotaExhausted(),
        ErrorKind.NoSuchModel => new(FailureCode.NotConfigured, "There is no such deployment."),
        ErrorKind.Credentials => new(FailureCode.NotConfigured, "The model service refused the credentials."),
        ErrorKind.Timeout => new(FailureCode.ModelTimeout, "The model service timed out."),
        ErrorKind.Parameter => RefusedParameter(error),
        _ => null,
    };

    private static ModelException RefusedParameter(ServiceError error)
    {
        var name = ErrorKinds.IsAboutUsage(error) ? Member.StreamOptions : IsName(error.Param) ? error.Param : null;
        return new ModelException(FailureCode.ModelRejected, name is null
            ? "The model does not take a parameter as it was sent."
            : $"The model does not take the parameter {name} as it was sent.");
    }

    // The client may see a parameter's name, but nothing else that a service puts there.
    private static bool IsName(string? param) =>
        param is { Length: > 0 and < 64 } && param.All(c => char.IsAsciiLetterLower(c) || c == '_');

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
