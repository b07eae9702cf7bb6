using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

/// <summary>The words with which services say why an answer ended.</summary>
internal static class FinishReasons
{
    // OpenAI's, and those of other models that gateways pass on as they are: Together, TGI, Anthropic, Mistral, Gemini, Cohere.
    private static readonly Dictionary<string, ChatFinishReason> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["stop"] = ChatFinishReason.Stop,
        ["eos"] = ChatFinishReason.Stop,
        ["eos_token"] = ChatFinishReason.Stop,
        ["end_turn"] = ChatFinishReason.Stop,
        ["stop_sequence"] = ChatFinishReason.Stop,
        ["complete"] = ChatFinishReason.Stop,
        ["completed"] = ChatFinishReason.Stop,
        ["length"] = ChatFinishReason.Length,
        ["max_tokens"] = ChatFinishReason.Length,
        ["max_output_tokens"] = ChatFinishReason.Length,
        ["model_length"] = ChatFinishReason.Length,
        ["max_length"] = ChatFinishReason.Length,
        ["model_context_window_exceeded"] = ChatFinishReason.Length,
        ["content_filter"] = ChatFinishReason.ContentFilter,
        ["content_filtered"] = ChatFinishReason.ContentFilter,
        ["safety"] = ChatFinishReason.ContentFilter,
        ["recitation"] = ChatFinishReason.ContentFilter,
        ["prohibited_content"] = ChatFinishReason.ContentFilter,
        ["blocklist"] = ChatFinishReason.ContentFilter,
        ["tool_calls"] = ChatFinishReason.ToolCalls,
        ["function_call"] = ChatFinishReason.ToolCalls,
        ["tool_use"] = ChatFinishReason.ToolCalls,
    };

    // Words with which services say that they, and not the model, ended the answer.
    private static readonly HashSet<string> Faults = new(StringComparer.OrdinalIgnoreCase)
    {
        "abort", "aborted", "cancel", "cancelled", "canceled", "error", "failed", "incomplete", "insufficient_system_resource",
        "interrupted", "network_error", "server_error", "timeout",
    };

    /// <summary>Whether a word says that the answer was broken off.</summary>
    /// <param name="word">Not blank.</param>
    public static bool IsFault(string word) => Faults.Contains(word);

    /// <summary>The reason that a word stands for. An unknown word is passed on as it is.</summary>
    /// <param name="word">Not blank.</param>
    public static ChatFinishReason Of(string word) => Words.GetValueOrDefault(word, new ChatFinishReason(word));

    /// <summary>Whether a reason is one of those that have a meaning here.</summary>
    public static bool IsKnown(ChatFinishReason reason) => Words.ContainsValue(reason);
}
