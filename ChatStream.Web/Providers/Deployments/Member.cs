namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// The members of a request that a service may refuse, by their names in chat completions, or in Responses where only that has
/// them.
/// </summary>
internal static class Member
{
    public const string StreamOptions = "stream_options";
    public const string MaxTokens = "max_tokens";
    public const string MaxCompletionTokens = "max_completion_tokens";
    public const string MaxOutputTokens = "max_output_tokens";
    public const string Temperature = "temperature";
    public const string TopP = "top_p";
    public const string FrequencyPenalty = "frequency_penalty";
    public const string PresencePenalty = "presence_penalty";
    public const string Seed = "seed";
    public const string Stop = "stop";
    public const string Effort = "reasoning_effort";
    public const string Summary = "reasoning.summary";
    public const string Verbosity = "verbosity";
    public const string ServiceTier = "service_tier";
    public const string CacheKey = "prompt_cache_key";
    public const string Store = "store";
    public const string Background = "background";

    /// <summary>In <c>include</c>, and as items of the input.</summary>
    public const string EncryptedReasoning = "reasoning.encrypted_content";

    /// <summary>Not a member, but a value that is refused in the same way.</summary>
    public const string SystemRole = "system";

    /// <summary>Not a member, but a value that is refused in the same way.</summary>
    public const string DeveloperRole = "developer";

    public static IReadOnlyList<string> All { get; } =
    [
        StreamOptions, MaxTokens, MaxCompletionTokens, MaxOutputTokens, Temperature, TopP, FrequencyPenalty, PresencePenalty,
        Seed, Stop, Effort, Summary, Verbosity, ServiceTier, CacheKey, Store, Background, EncryptedReasoning,
        SystemRole, DeveloperRole,
    ];
}
