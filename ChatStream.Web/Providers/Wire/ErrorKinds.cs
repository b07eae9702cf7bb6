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

    private const int LongestName = 64;

    // OpenAI and Azure, llama.cpp, vLLM, LiteLLM, one-api and others, without what stands between the parts of a name: services
    // write context_length_exceeded, ContextLengthExceeded and CONTEXT-LENGTH-EXCEEDED.
    private static readonly Dictionary<string, ErrorKind> Names = new()
    {
        ["contentfilter"] = ErrorKind.ContentFilter,
        ["contentpolicyviolation"] = ErrorKind.ContentFilter,
        ["contentpolicyviolationerror"] = ErrorKind.ContentFilter,
        ["responsibleaipolicyviolation"] = ErrorKind.ContentFilter,
        ["contextlengthexceeded"] = ErrorKind.TooLong,
        ["contextwindowexceeded"] = ErrorKind.TooLong,
        ["contextwindowexceedederror"] = ErrorKind.TooLong,
        ["exceedcontextsizeerror"] = ErrorKind.TooLong,
        ["modelmaxprompttokensexceeded"] = ErrorKind.TooLong,
        ["stringabovemaxlength"] = ErrorKind.TooLong,
        ["tokenslimitreached"] = ErrorKind.TooLong,
        ["ratelimit"] = ErrorKind.RateLimit,
        ["ratelimitexceeded"] = ErrorKind.RateLimit,
        ["ratelimiterror"] = ErrorKind.RateLimit,
        ["ratelimitreached"] = ErrorKind.RateLimit,
        ["toomanyrequests"] = ErrorKind.RateLimit,
        ["throttlingexception"] = ErrorKind.RateLimit,
        ["billinghardlimitreached"] = ErrorKind.Quota,
        ["billingnotactive"] = ErrorKind.Quota,
        ["budgetexceeded"] = ErrorKind.Quota,
        ["exceededcurrentquotaerror"] = ErrorKind.Quota,
        ["insufficientbalance"] = ErrorKind.Quota,
        ["insufficientquota"] = ErrorKind.Quota,
        ["insufficientuserquota"] = ErrorKind.Quota,
        ["modelnotfound"] = ErrorKind.NoSuchModel,
        ["deploymentnotfound"] = ErrorKind.NoSuchModel,
        ["unsupportedparameter"] = ErrorKind.Parameter,
        ["unsupportedvalue"] = ErrorKind.Parameter,
        ["invalidvalue"] = ErrorKind.Parameter,
        ["unknownparameter"] = ErrorKind.Parameter,
    };

    private static readonly string[] SaysTooLong =
    [
        "context length", "context_length", "context size", "context window", "contextwindowexceeded", "context limit",
        "maximum model length", "max_model_len", "prompt is too long", "prompt too long", "input is too long",
        "too many tokens", "reduce the length of", "exceeds the maximum number of tokens",
        "exceeds the maximum number of input tokens", "exceeds the maximum allowed length", "`inputs` tokens",
        "`inputs` must have less than", "maximum prompt length", "maximum input length", "exceeds the model's maximum",
        "prompt exceeds max length",
    ];

    private static readonly string[] SaysQuota =
    [
        "exceeded your current quota", "billing hard limit", "out of call volume quota", "insufficient balance",
        "insufficient_quota", "insufficient credits", "credit balance is too low", "budget has been exceeded",
    ];

    private static readonly string[] SaysRateLimit = ["rate limit", "rate_limit", "too many requests"];

    // The same words with these are about a limit per minute.
    private static readonly string[] SaysWait = ["retry after", "retry in"];

    public static ErrorKind Of(ServiceError error) =>
        IsAboutUsage(error) ? ErrorKind.Parameter
        : Named(error.Code) is not ErrorKind.Unknown and var byCode ? byCode
        : Named(error.Type) is not ErrorKind.Unknown and var byType ? byType
        : Named(error.InnerCode) is not ErrorKind.Unknown and var byInner ? byInner
        : Named(error.Words) is not ErrorKind.Unknown and var byWords ? byWords
        : SaysTooLong.Any(words => Says(error, words)) ? ErrorKind.TooLong
        : SaysQuota.Any(words => Says(error, words)) && !SaysWait.Any(words => Says(error, words)) ? ErrorKind.Quota
        : Says(error, "content management policy") ? ErrorKind.ContentFilter
        : StatusOf(error) == 429 || SaysRateLimit.Any(words => Says(error, words)) ? ErrorKind.RateLimit
        : ErrorKind.Unknown;

    /// <summary>Whether the service refuses <c>stream_options</c>, which asks for the usage of a stream.</summary>
    public static bool IsAboutUsage(ServiceError error) =>
        error.Param?.StartsWith(Usage, StringComparison.Ordinal) == true || Says(error, Usage);

    /// <summary>The status that an error has for its code, or beside it; null: none.</summary>
    public static int? StatusOf(ServiceError error) =>
        int.TryParse(error.Code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and < 600
            ? number : error.Status;

    // A name may stand where the words are: {"error":"content_filter"}.
    private static ErrorKind Named(string? name) => name is null or { Length: > LongestName } ? ErrorKind.Unknown
        : Names.GetValueOrDefault(string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant());

    private static bool Says(ServiceError error, string words) =>
        error.Words?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
}
