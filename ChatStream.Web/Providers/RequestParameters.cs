using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers;

/// <summary>
/// Names of <see cref="ChatOptions.AdditionalProperties"/> for what <see cref="ChatOptions"/> has no member. Each value is a
/// string.
/// </summary>
internal static class RequestParameters
{
    /// <summary>How much a model thinks, such as <c>minimal</c>. Wins over the library's enum, which has not all names.</summary>
    public const string Effort = "reasoning_effort";

    /// <summary>How much a model writes: <c>low</c>, <c>medium</c> or <c>high</c>.</summary>
    public const string Verbosity = "verbosity";

    /// <summary>The same for all requests that begin alike. Sent where the deployment says so.</summary>
    public const string CacheKey = "prompt_cache_key";

    /// <summary>The effort that the options ask for; null: none.</summary>
    public static string? EffortOf(ChatOptions? options) => Text(options, Effort) ?? options?.Reasoning?.Effort switch
    {
        null => null,
        ReasoningEffort.None => "none",
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High => "high",
        _ => "xhigh",
    };

    public static string? VerbosityOf(ChatOptions? options) => Text(options, Verbosity);

    public static string? CacheKeyOf(ChatOptions? options) => Text(options, CacheKey);

    private static string? Text(ChatOptions? options, string name) =>
        options?.AdditionalProperties?.GetValueOrDefault(name) is string { Length: > 0 } text ? text : null;
}
