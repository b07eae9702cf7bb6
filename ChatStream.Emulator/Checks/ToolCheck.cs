using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatStream.Emulator.Checks;

/// <summary>Refuses tools that are not well described, calls without results, and results without calls.</summary>
internal static partial class ToolCheck
{
    public static Script? Refusal(EmulatedRequest request) => RefusalOfTools(request)
        ?? (request.IsForResponses ? RefusalOfItems(request) : RefusalOfMessages(request));

    private static Script? RefusalOfTools(EmulatedRequest request)
    {
        if (!request.Parameters.Contains("tools"))
            return request.Parameters.Contains("tool_choice")
                ? AzureErrors.Invalid("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice") : null;
        var tools = request.Json.GetProperty("tools");
        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() is 0 or > 128)
            return AzureErrors.Invalid("Invalid 'tools': array of the wrong length.", "tools");
        var names = new HashSet<string>();
        foreach (var (i, tool) in tools.EnumerateArray().Index())
        {
            if (Text(tool, "type") != "function") continue; // the service's own
            var function = tool;
            if (!request.IsForResponses && !tool.TryGetProperty("function", out function))
                return AzureErrors.MissingParameter($"tools[{i}].function");
            var name = Text(function, "name") ?? "";
            if (!Name().IsMatch(name))
                return AzureErrors.Invalid($"Invalid 'tools[{i}].function.name': string does not match pattern.", "tools");
            if (!names.Add(name))
                return AzureErrors.Invalid($"Duplicate function name: '{name}'.", "tools");
            if (function.TryGetProperty("parameters", out var schema)
                && (schema.ValueKind != JsonValueKind.Object || Text(schema, "type") != "object"))
            {
                return AzureErrors.Invalid(
                    $"Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"'.", "tools");
            }
            if (schema.ValueKind == JsonValueKind.Object && !schema.TryGetProperty("properties", out _))
            {
                return AzureErrors.Invalid(
                    $"Invalid schema for function '{name}': In context=(), object schema missing properties.", "tools");
            }
            if (LacksItems(schema))
                return AzureErrors.Invalid($"Invalid schema for function '{name}': array schema missing items.", "tools");
        }
        return null;
    }

    // Looked for in members and items.
    private static bool LacksItems(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return false;
        var hasItems = schema.TryGetProperty("items", out var items);
        if (!hasItems && schema.TryGetProperty("type", out var type)
            && (type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(one => one.ValueEquals("array"))
                : type.ValueKind == JsonValueKind.String && type.ValueEquals("array")))
            return true;
        return (hasItems && LacksItems(items)) || (schema.TryGetProperty("properties", out var members)
            && members.ValueKind == JsonValueKind.Object && members.EnumerateObject().Any(member => LacksItems(member.Value)));
    }

    // The results of a message's calls stand right behind it, in any order.
    private static Script? RefusalOfMessages(EmulatedRequest request)
    {
        var open = new List<string>();
        foreach (var message in Items(request, "messages"))
        {
            if (Text(message, "role") == "tool")
            {
                if (!open.Remove(Text(message, "tool_call_id") ?? ""))
                {
                    return AzureErrors.Invalid("Invalid parameter: messages with role 'tool' must be a response to a preceeding"
                        + " message with 'tool_calls'.", "messages");
                }
                continue;
            }
            if (open.Count > 0) return Unanswered(open);
            if (message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
                open.AddRange(calls.EnumerateArray().Select(call => Text(call, "id") ?? ""));
        }
        return open.Count > 0 ? Unanswered(open) : null;
    }

    private static Script Unanswered(List<string> open) => AzureErrors.Invalid(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The"
        + $" following tool_call_ids did not have response messages: {string.Join(", ", open)}", "messages");

    private static Script? RefusalOfItems(EmulatedRequest request)
    {
        var open = new List<string>();
        foreach (var item in Items(request, "input"))
        {
            var call = Text(item, "call_id") ?? "";
            if (Text(item, "type") == "function_call")
                open.Add(call);
            else if (Text(item, "type") == "function_call_output" && !open.Remove(call))
                return AzureErrors.Invalid($"No tool call found for function call output with call_id {call}.", "input");
        }
        return open.Count > 0 ? AzureErrors.Invalid($"No tool output found for function call {open[0]}.", "input") : null;
    }

    private static IEnumerable<JsonElement> Items(EmulatedRequest request, string name) =>
        request.Json.GetProperty(name) is { ValueKind: JsonValueKind.Array } items
            ? items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object) : [];

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex Name();
}
