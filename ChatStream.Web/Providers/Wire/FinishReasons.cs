using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// The words with which services say why an answer ended. They differ in upper and lower case and in what stands between their
/// parts, and some begin with <c>FINISH_REASON_</c>.
/// </summary>
internal static class FinishReasons
{
    private const string Prefix = "finishreason";

    // OpenAI's, and those of other models that gateways pass on as they are: Together, TGI, Anthropic, Mistral, Gemini, Cohere.
    private static readonly Dictionary<string, ChatFinishReason> Words = new()
    {
        ["stop"] = ChatFinishReason.Stop,
        ["eos"] = ChatFinishReason.Stop,
        ["eostoken"] = ChatFinishReason.Stop,
        ["endturn"] = ChatFinishReason.Stop,
        ["stopsequence"] = ChatFinishReason.Stop,
        ["complete"] = ChatFinishReason.Stop,
        ["completed"] = ChatFinishReason.Stop,
        ["length"] = ChatFinishReason.Length,
        ["modelcontextwindowexceeded"] = ChatFinishReason.Length,
        ["contentfilter"] = ChatFinishReason.ContentFilter,
        ["recitation"] = ChatFinishReason.ContentFilter,
        ["refusal"] = ChatFinishReason.ContentFilter,
        ["spii"] = ChatFinishReason.ContentFilter,
        ["toolcall"] = ChatFinishReason.ToolCalls,
        ["toolcalls"] = ChatFinishReason.ToolCalls,
        ["functioncall"] = ChatFinishReason.ToolCalls,
        ["tooluse"] = ChatFinishReason.ToolCalls,
    };

    // Words that stand where null belongs: the answer goes on.
    private static readonly HashSet<string> Nothing =
        ["null", "none", "nil", "undefined", "unspecified", "notfinished", "unfinished", "inprogress"];

    // Words with which services say that they, and not the model, ended the answer.
    private static readonly HashSet<string> Faults =
    [
        "abort", "aborted", "cancel", "cancelled", "canceled", "failed", "incomplete", "insufficientsystemresource",
        "interrupted", "malformedfunctioncall", "overloaded", "ratelimit", "ratelimitexceeded", "timeout", "usercancel",
        "usercancelled",
    ];

    // Parts of words. An answer that was cut or filtered must not count as complete because its word is a new one.
    private static readonly string[] Limits = ["length", "limit", "max", "truncat"];
    private static readonly string[] Filters = ["filter", "safety", "guardrail", "moderat", "prohibited", "blocklist", "toxic"];

    /// <summary>Whether a word says that the answer was broken off.</summary>
    /// <param name="word">Not blank.</param>
    public static bool IsFault(string word)
    {
        var key = Key(word);
        return Faults.Contains(key)
            || (key.Contains("error", StringComparison.Ordinal) && !IsOf(key, Filters) && !IsOf(key, Limits));
    }

    /// <summary>Whether a word says nothing about the end.</summary>
    public static bool IsNone(string? word) => string.IsNullOrWhiteSpace(word) || Nothing.Contains(Key(word));

    /// <summary>The reason that a word stands for. An unknown word is passed on as it is.</summary>
    /// <param name="word">Not blank.</param>
    public static ChatFinishReason Of(string word)
    {
        var key = Key(word);
        return Words.TryGetValue(key, out var reason) ? reason
            : IsOf(key, Filters) ? ChatFinishReason.ContentFilter
            : IsOf(key, Limits) ? ChatFinishReason.Length
            : new ChatFinishReason(word);
    }

    /// <summary>Whether a reason is one of those that have a meaning here.</summary>
    public static bool IsKnown(ChatFinishReason reason) => Words.ContainsValue(reason);

    private static bool IsOf(string key, string[] parts) => parts.Any(part => key.Contains(part, StringComparison.Ordinal));

    // MAX_TOKENS, max-tokens and maxTokens are one word.
    private static string Key(string word)
    {
        var key = string.Concat(word.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : key;
    }
}
