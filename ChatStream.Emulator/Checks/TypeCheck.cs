using System.Text.Json;

namespace ChatStream.Emulator.Checks;

/// <summary>Refuses a parameter whose value is of another kind than the interface has for it, in the service's words.</summary>
internal static class TypeCheck
{
    private const string Text = "a string", Number = "a decimal", Whole = "an integer", Flag = "a boolean";
    private const string Object = "an object", Objects = "an array of objects", Texts = "an array of strings";

    private static readonly Dictionary<string, string[]> Parameters = new()
    {
        ["model"] = [Text],
        ["stream"] = [Flag],
        ["store"] = [Flag],
        ["user"] = [Text],
        ["metadata"] = [Object],
        ["temperature"] = [Number],
        ["top_p"] = [Number],
        ["presence_penalty"] = [Number],
        ["frequency_penalty"] = [Number],
        ["seed"] = [Whole],
        ["n"] = [Whole],
        ["logprobs"] = [Flag],
        ["top_logprobs"] = [Whole],
        ["stop"] = [Text, Texts],
        ["max_tokens"] = [Whole],
        ["max_completion_tokens"] = [Whole],
        ["max_output_tokens"] = [Whole],
        ["reasoning_effort"] = [Text],
        ["verbosity"] = [Text],
        ["service_tier"] = [Text],
        ["prompt_cache_key"] = [Text],
        ["stream_options"] = [Object],
        ["parallel_tool_calls"] = [Flag],
        ["tools"] = [Objects],
        ["tool_choice"] = [Text, Object],
        ["messages"] = [Objects],
        ["input"] = [Text, Objects],
        ["instructions"] = [Text],
        ["reasoning"] = [Object],
        ["reasoning.effort"] = [Text],
        ["reasoning.summary"] = [Text],
        ["text"] = [Object],
        ["text.verbosity"] = [Text],
        ["include"] = [Texts],
        ["background"] = [Flag],
        ["previous_response_id"] = [Text],
    };

    // Of each message of chat completions, and of each tool.
    private static readonly Dictionary<string, string[]> Messages = new()
    {
        ["role"] = [Text],
        ["content"] = [Text, Objects],
        ["tool_calls"] = [Objects],
        ["tool_call_id"] = [Text],
        ["name"] = [Text],
    };

    private static readonly Dictionary<string, string[]> Tools = new()
    {
        ["type"] = [Text],
        ["function"] = [Object],
        ["name"] = [Text],
        ["description"] = [Text],
        ["parameters"] = [Object],
    };

    public static Script? Refusal(EmulatedRequest request) =>
        RefusalIn(request.Json, "", Parameters)
        ?? RefusalInEach(request, "messages", Messages)
        ?? RefusalInEach(request, "tools", Tools);

    private static Script? RefusalInEach(EmulatedRequest request, string list, Dictionary<string, string[]> members)
    {
        if (!request.Parameters.Contains(list)) return null;
        foreach (var (i, entry) in request.Json.GetProperty(list).EnumerateArray().Index())
        {
            var at = $"{list}[{i}]";
            if (RefusalIn(entry, $"{at}.", members) is { } refusal) return refusal;
            if (entry.TryGetProperty("function", out var function)
                && RefusalIn(function, $"{at}.function.", Tools) is { } inner) return inner;
        }
        return null;
    }

    private static Script? RefusalIn(JsonElement parent, string at, Dictionary<string, string[]> members)
    {
        if (parent.ValueKind != JsonValueKind.Object) return null;
        foreach (var member in parent.EnumerateObject())
        {
            var name = at + member.Name;
            // The parts of "reasoning" and "text" stand in the same list.
            if (members.GetValueOrDefault(members == Parameters ? name : member.Name) is not { } kinds
                || member.Value.ValueKind == JsonValueKind.Null) continue;
            if (!kinds.Any(kind => Is(member.Value, kind))) return AzureErrors.InvalidType(name, kinds, NameOf(member.Value));
            if (name is "reasoning" or "text" && RefusalIn(member.Value, $"{name}.", members) is { } inner) return inner;
        }
        return null;
    }

    private static bool Is(JsonElement value, string kind) => kind switch
    {
        Text => value.ValueKind == JsonValueKind.String,
        Number => value.ValueKind == JsonValueKind.Number,
        Whole => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        Object => value.ValueKind == JsonValueKind.Object,
        Objects => IsListOf(value, JsonValueKind.Object),
        _ => IsListOf(value, JsonValueKind.String),
    };

    private static bool IsListOf(JsonElement value, JsonValueKind kind) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(entry => entry.ValueKind == kind);

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text,
        JsonValueKind.Number => value.TryGetInt64(out _) ? Whole : Number,
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => Object,
        _ => Flag,
    };
}
