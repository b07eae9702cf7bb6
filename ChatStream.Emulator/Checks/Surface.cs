namespace ChatStream.Emulator.Checks;

/// <summary>The parameters that an address knows, whatever the model takes.</summary>
internal static class Surface
{
    /// <summary>The first api-version with <c>/responses</c>.</summary>
    private const string Responses = "2025-03-01";

    // Microsoft's list of changes tells with which version a parameter came.
    private static readonly (string Since, string[] Parameters)[] Chat =
    [
        ("2023-05-15",
        [
            "messages", "model", "stream", "max_tokens", "temperature", "top_p", "n", "stop", "presence_penalty",
            "frequency_penalty", "logit_bias", "user", "seed", "logprobs", "top_logprobs", "response_format", "tools",
            "tool_choice", "functions", "function_call", "data_sources",
        ]),
        ("2024-09-01", ["stream_options", "max_completion_tokens", "parallel_tool_calls"]),
        ("2024-12-01", ["reasoning_effort", "store", "metadata", "modalities", "audio", "prediction", "user_security_context"]),
        ("2025-04-01", ["verbosity", "service_tier", "prompt_cache_key", "safety_identifier", "web_search_options"]),
    ];

    private static readonly string[] OfResponses =
    [
        "model", "input", "instructions", "max_output_tokens", "temperature", "top_p", "reasoning", "text", "stream",
        "stream_options", "store", "tools", "tool_choice", "parallel_tool_calls", "max_tool_calls", "include", "metadata",
        "previous_response_id", "truncation", "user", "service_tier", "prompt_cache_key", "safety_identifier", "background",
        "top_logprobs", "prompt", "conversation",
    ];

    private static readonly string[] Versions =
    [
        "2023-05-15", "2024-02-01", "2024-06-01", "2024-08-01-preview", "2024-09-01-preview", "2024-10-01-preview", "2024-10-21",
        "2024-12-01-preview", "2025-01-01-preview", "2025-02-01-preview", "2025-03-01-preview", "2025-04-01-preview",
    ];

    /// <summary>What is wrong with the api-version; null: nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isDated">Whether the address needs a dated version.</param>
    public static Script? RefusalOfVersion(EmulatedRequest request, bool isDated)
    {
        var version = request.Query.GetValueOrDefault("api-version");
        if (!isDated)
            return version is null or "v1" or "preview" or "latest" ? null : AzureErrors.BadRequest("API version not supported");
        if (!Versions.Contains(version)) return AzureErrors.ResourceNotFound();
        return request.IsForResponses && string.CompareOrdinal(version, Responses) < 0
            ? AzureErrors.BadRequest("Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later")
            : null;
    }

    /// <summary>The names in the body that the address does not know.</summary>
    public static IEnumerable<string> UnknownIn(EmulatedRequest request, bool isDated)
    {
        var version = isDated ? request.Query["api-version"] : null;
        IEnumerable<string> known = request.IsForResponses
            ? OfResponses
            : Chat.Where(step => version is null || string.CompareOrdinal(version, step.Since) >= 0)
                .SelectMany(step => step.Parameters)
                // The generally available version of its time was published without it.
                .Where(parameter => version != "2024-10-21" || parameter != "max_completion_tokens");
        return request.Parameters.Except(known);
    }
}
