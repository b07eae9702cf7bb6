using System.Globalization;
using System.Text.RegularExpressions;

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
    Credentials,
    Timeout,

    /// <summary>The request is at fault, and nothing else is known.</summary>
    Invalid,
}

/// <summary>
/// Finds out what a service's error means. Its code says so, or its type where the code is absent, a number or unknown, or else
/// its words.
/// </summary>
internal static partial class ErrorKinds
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
        ["imagecontentpolicyviolation"] = ErrorKind.ContentFilter,
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
        ["resourceexhausted"] = ErrorKind.RateLimit,
        ["toomanyrequests"] = ErrorKind.RateLimit,
        ["throttled"] = ErrorKind.RateLimit,
        ["throttling"] = ErrorKind.RateLimit,
        ["throttlingexception"] = ErrorKind.RateLimit,
        ["billinghardlimitreached"] = ErrorKind.Quota,
        ["billingnotactive"] = ErrorKind.Quota,
        ["budgetexceeded"] = ErrorKind.Quota,
        ["exceededcurrentquotaerror"] = ErrorKind.Quota,
        ["insufficientbalance"] = ErrorKind.Quota,
        ["insufficientquota"] = ErrorKind.Quota,
        ["insufficientuserquota"] = ErrorKind.Quota,
        ["modelnotfound"] = ErrorKind.NoSuchModel,
        ["modelnotfounderror"] = ErrorKind.NoSuchModel,
        ["deploymentnotfound"] = ErrorKind.NoSuchModel,
        ["notfounderror"] = ErrorKind.NoSuchModel,
        ["resourcenotfound"] = ErrorKind.NoSuchModel,
        ["unsupportedparameter"] = ErrorKind.Parameter,
        ["unsupportedvalue"] = ErrorKind.Parameter,
        ["invalidvalue"] = ErrorKind.Parameter,
        ["unknownparameter"] = ErrorKind.Parameter,
        ["accessdenied"] = ErrorKind.Credentials,
        ["authenticationerror"] = ErrorKind.Credentials,
        ["forbidden"] = ErrorKind.Credentials,
        ["invalidapikey"] = ErrorKind.Credentials,
        ["permissiondenied"] = ErrorKind.Credentials,
        ["permissiondeniederror"] = ErrorKind.Credentials,
        ["permissionerror"] = ErrorKind.Credentials,
        ["unauthenticated"] = ErrorKind.Credentials,
        ["unauthorized"] = ErrorKind.Credentials,
        ["deadlineexceeded"] = ErrorKind.Timeout,
        ["gatewaytimeout"] = ErrorKind.Timeout,
        ["requesttimeout"] = ErrorKind.Timeout,
        ["timeout"] = ErrorKind.Timeout,
        ["timeouterror"] = ErrorKind.Timeout,
        ["vectorstoretimeout"] = ErrorKind.Timeout,
    };

    // Beginnings of names. They say less than any name above, so they are looked at last.
    private static readonly string[] Faulty =
        ["badrequest", "invalid", "image", "emptyimage", "unsupportedimage", "failedtodownloadimage", "unprocessable"];

    // Parts of names with which a service says that the fault is its own.
    private static readonly string[] OfService = ["server", "internal", "unavailable", "overload"];

    private static readonly string[] SaysTooLong =
    [
        "context length", "context_length", "context size", "context window", "contextwindowexceeded", "context limit",
        "maximum model length", "max_model_len", "prompt is too long", "prompt too long", "input is too long",
        "reduce the length of", "maximum context", "range of input length", "exceed max message tokens", "n_ctx",
        "exceeds the maximum number of tokens",
        "exceeds the maximum number of input tokens", "exceeds the maximum allowed length", "`inputs` tokens",
        "`inputs` must have less than", "maximum prompt length", "maximum input length", "exceeds the model's maximum",
        "prompt exceeds max length", "exceeded model token limit", "model max length", "inputs tokens +",
    ];

    // The names of what limits the answer, and what the same words may be said of.
    private static readonly string[] SaysOther =
    [
        "max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "maximum tokens", "output tokens",
        "completion tokens", "string too long", "image", "audio",
    ];

    private static readonly string[] SaysQuota =
    [
        "exceeded your current quota", "billing hard limit", "out of call volume quota", "insufficient balance",
        "insufficient_quota", "insufficient credits", "credit balance is too low", "budget has been exceeded",
    ];

    private static readonly string[] SaysQuotaOfGateway = ["quota is exceeded", "quota exceeded", "quota has been exceeded"];

    private static readonly string[] SaysRateLimit =
        ["rate limit", "rate_limit", "ratelimit", "too many requests", "throttl", "tokens per min"];

    private static readonly string[] SaysFilter =
    [
        "content management policy", "contentpolicyviolation", "content_policy_violation", "responsibleaipolicyviolation",
        "\"content_filter\"", "violating our usage policy",
    ];

    // The same words with these are about a limit per minute.
    private static readonly string[] SaysWait =
        ["retry after", "retry in", "try again in", "please wait", "per minute", "tokens per min"];

    private const string ManyTokens = "too many tokens"; // in one request, or in a minute

    public static ErrorKind Of(ServiceError error) =>
        IsAboutUsage(error) ? ErrorKind.Parameter
        : Named(error.Code) is not ErrorKind.Unknown and var byCode ? byCode
        : Named(error.Type) is not ErrorKind.Unknown and var byType ? byType
        : Named(error.InnerCode) is not ErrorKind.Unknown and var byInner ? byInner
        : Named(error.Words) is not ErrorKind.Unknown and var byWords ? byWords
        : Says(error, ManyTokens) ? SaysAny(error, SaysWait) ? ErrorKind.RateLimit : ErrorKind.TooLong
        : SaysAny(error, SaysTooLong) ? ErrorKind.TooLong
        : SaysAny(error, SaysQuota) && !SaysAny(error, SaysWait) ? ErrorKind.Quota
        : SaysAny(error, SaysFilter) ? ErrorKind.ContentFilter
        : StatusOf(error) == 429 || SaysAny(error, SaysRateLimit) ? ErrorKind.RateLimit
        : IsTooLong().IsMatch(error.Words ?? "") && !SaysAny(error, SaysOther) && !SaysAny(error, SaysWait) ? ErrorKind.TooLong
        : StatusOf(error) is null && IsOfRequest(error) ? ErrorKind.Invalid
        : ErrorKind.Unknown;

    /// <summary>
    /// Whether the members of an event are those of an error. Other events have a message and a type, too: those that tell how
    /// far a model is loaded.
    /// </summary>
    public static bool IsError(ServiceError bare) => bare.Words is { Length: > 0 }
        && (Of(bare) != ErrorKind.Unknown || StatusOf(bare) is not null
            || bare.Type?.EndsWith("error", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>
    /// Whether a quota for hours or months is used up, where the status says that access is denied. API Management's words are
    /// "Token quota is exceeded. Try again in 100 seconds."
    /// </summary>
    public static bool IsQuotaOfGateway(ServiceError error) => SaysAny(error, SaysQuotaOfGateway);

    /// <summary>Whether the service refuses <c>stream_options</c>, which asks for the usage of a stream.</summary>
    public static bool IsAboutUsage(ServiceError error) =>
        error.Param?.StartsWith(Usage, StringComparison.Ordinal) == true || Says(error, Usage);

    /// <summary>The status that an error has for its code, or beside it; null: none.</summary>
    public static int? StatusOf(ServiceError error) =>
        error.Code is { } code && StatusIn(code) is { } status ? status : error.Status;

    // 429, or with words around it: "429 Too Many Requests", "HTTP_429". A longer number is a service's own.
    private static int? StatusIn(string code)
    {
        var digits = code.AsSpan();
        var from = digits.IndexOfAnyInRange('0', '9');
        digits = from < 0 ? [] : digits[from..];
        var length = digits.IndexOfAnyExceptInRange('0', '9');
        digits = length < 0 ? digits : digits[..length];
        return digits.Length == 3 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 400 and < 600 ? number : null;
    }

    // A name may stand where the words are: {"error":"content_filter"}.
    private static ErrorKind Named(string? name) =>
        KeyOf(name) is { } key ? Names.GetValueOrDefault(key) : ErrorKind.Unknown;

    // Some servers have the same type for all errors.
    private static bool IsOfRequest(ServiceError error) => IsFaulty(error.Code)
        || (IsFaulty(error.Type) && !(KeyOf(error.Code) is { } code && Array.Exists(OfService, part => Has(code, part))));

    private static bool IsFaulty(string? name) => KeyOf(name) is { } key && Array.Exists(
        Faulty, beginning => key.StartsWith(beginning, StringComparison.Ordinal));

    private static bool Has(string key, string part) => key.Contains(part, StringComparison.Ordinal);

    private static string? KeyOf(string? name) => name is null or { Length: > LongestName }
        ? null : string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    // Each service has its own words for it.
    [GeneratedRegex(
        @"\btokens?\b.{0,60}\bexceed(s|ed|ing)?\b.{0,40}\b(limit|maximum|max|model|context|window|length)\b"
        + @"|\bexceed(s|ed|ing)?\b.{0,40}\b(token limit|max(imum)? (length|tokens|number of tokens)|length limit)\b"
        + @"|\b(prompt|inputs?|request|conversation|messages?)\b.{0,30}\b(too (long|large|big)|(longer|larger|bigger) than)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex IsTooLong();

    private static bool SaysAny(ServiceError error, string[] words) => Array.Exists(words, each => Says(error, each));

    private static bool Says(ServiceError error, string words) =>
        error.Words?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
}
