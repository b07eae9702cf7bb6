using System.Globalization;

namespace ChatStream.Web.Providers.Wire;

/// <summary>What a service's error means, as far as it makes a difference to the user.</summary>
internal enum ErrorKind
{
    Unknown,
    ContentFilter,
    TooLong,
    RateLimit,
    Quota,
    NoSuchModel,
    Parameter,
}

/// <summary>
/// Finds out what a service's error means. Its code says so, or its type where the code is absent, a number or unknown, or else
/// its words.
/// </summary>
internal static class ErrorKinds
{
    private const string Usage = "stream_options";

    // OpenAI and Azure, llama.cpp, vLLM, LiteLLM; upper and lower case differ between them.
    private static readonly Dictionary<string, ErrorKind> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["content_filter"] = ErrorKind.ContentFilter,
        ["content_policy_violation"] = ErrorKind.ContentFilter,
        ["ResponsibleAIPolicyViolation"] = ErrorKind.ContentFilter,
        ["context_length_exceeded"] = ErrorKind.TooLong,
        ["exceed_context_size_error"] = ErrorKind.TooLong,
        ["context_window_exceeded"] = ErrorKind.TooLong,
        ["ContextWindowExceededError"] = ErrorKind.TooLong,
        ["string_above_max_length"] = ErrorKind.TooLong,
        ["rate_limit_exceeded"] = ErrorKind.RateLimit,
        ["rate_limit_error"] = ErrorKind.RateLimit,
        ["RateLimitError"] = ErrorKind.RateLimit,
        ["RateLimitReached"] = ErrorKind.RateLimit,
        ["too_many_requests"] = ErrorKind.RateLimit,
        ["TooManyRequests"] = ErrorKind.RateLimit,
        ["ThrottlingException"] = ErrorKind.RateLimit,
        ["insufficient_quota"] = ErrorKind.Quota,
        ["billing_hard_limit_reached"] = ErrorKind.Quota,
        ["billing_not_active"] = ErrorKind.Quota,
        ["model_not_found"] = ErrorKind.NoSuchModel,
        ["DeploymentNotFound"] = ErrorKind.NoSuchModel,
        ["unsupported_parameter"] = ErrorKind.Parameter,
        ["unsupported_value"] = ErrorKind.Parameter,
        ["invalid_value"] = ErrorKind.Parameter,
        ["unknown_parameter"] = ErrorKind.Parameter,
    };

    private static readonly string[] SaysTooLong =
    [
        "context length", "context_length", "context size", "context window", "maximum model length", "max_model_len",
        "prompt is too long", "prompt too long", "input is too long", "too many tokens", "reduce the length of",
        "exceeds the maximum number of tokens", "exceeds the maximum number of input tokens", "`inputs` tokens",
        "`inputs` must have less than", "maximum prompt length", "maximum input length", "exceeds the model's maximum",
        "prompt exceeds max length",
    ];

    private static readonly string[] SaysQuota =
    [
        "exceeded your current quota", "billing hard limit", "out of call volume quota", "insufficient balance",
        "insufficient_quota",
    ];

    private static readonly string[] SaysRateLimit = ["rate limit", "rate_limit", "too many requests"];

    // The same words with these are about a limit per minute.
    private static readonly string[] SaysWait = ["retry after", "retry in"];

    public static ErrorKind Of(ServiceError error) =>
        IsAboutUsage(error) ? ErrorKind.Parameter
        : Named(error.Code) is not ErrorKind.Unknown and var byCode ? byCode
        : Named(error.Type) is not ErrorKind.Unknown and var byType ? byType
        : Named(error.InnerCode) is not ErrorKind.Unknown and var byInner ? byInner
        : SaysTooLong.Any(words => Says(error, words)) ? ErrorKind.TooLong
        : SaysQuota.Any(words => Says(error, words)) && !SaysWait.Any(words => Says(error, words)) ? ErrorKind.Quota
        : Says(error, "content management policy") ? ErrorKind.ContentFilter
        : StatusOf(error) == 429 || SaysRateLimit.Any(words => Says(error, words)) ? ErrorKind.RateLimit
        : ErrorKind.Unknown;

    /// <summary>Whether the service refuses <c>stream_options</c>, which asks for the usage of a stream.</summary>
    public static bool IsAboutUsage(ServiceError error) =>
        error.Param?.StartsWith(Usage, StringComparison.Ordinal) == true || Says(error, Usage);

    /// <summary>The status that an error has for its code; null: its code is none.</summary>
    public static int? StatusOf(ServiceError error) =>
        int.TryParse(error.Code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and < 600
            ? number : null;

    private static ErrorKind Named(string? name) => name is null ? ErrorKind.Unknown : Names.GetValueOrDefault(name);

    private static bool Says(ServiceError error, string words) =>
        error.Words?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
}
