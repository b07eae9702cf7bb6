using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatStream.Web.Tools;

/// <summary>
/// The schema of a tool's arguments as a model is told it. Servers write what model services refuse: with one such tool a service
/// refuses every request that has it. So what a service would refuse is left out, and what it demands is added. Neither changes
/// which arguments fit.
/// </summary>
internal static class ToolSchema
{
    private static readonly string[] Types = ["object", "array", "string", "boolean", "null", "number", "integer"];

    private static readonly string[] One =
    [
        "items", "additionalProperties", "additionalItems", "contains", "not", "if", "then", "else", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties",
    ];

    private static readonly string[] Several = ["anyOf", "oneOf", "allOf", "prefixItems"];

    private static readonly string[] Named = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

    /// <returns>Null: it cannot be told to a model.</returns>
    public static JsonElement? Of(JsonElement schema)
    {
        if (!ArgumentCheck.IsUsable(schema))
            return null;
        try
        {
            var told = JsonNode.Parse(
                schema.GetRawText(), documentOptions: new() { AllowDuplicateProperties = false })!.AsObject();
            Repair(told);
            told.TryAdd("properties", new JsonObject());
            return JsonElement.Parse(told.ToJsonString());
        }
        catch (JsonException)
        {
            return null; // it has a member twice
        }
    }

    private static void Repair(JsonNode? node)
    {
        if (node is not JsonObject schema)
            return;
        RepairType(schema);
        if (schema["required"] is { } required && !(required is JsonArray names && names.All(IsText)))
            schema.Remove("required"); // an older draft says of each member whether it is
        if (schema.ContainsKey("enum") && schema["enum"] is not JsonArray { Count: > 0 })
            schema.Remove("enum");
        foreach (var key in One.Where(schema.ContainsKey))
        {
            if (IsSchema(schema[key]))
                Repair(schema[key]);
            else
                schema.Remove(key);
        }
        foreach (var key in Several.Where(schema.ContainsKey))
        {
            if (schema[key] is JsonArray { Count: > 0 } parts && parts.All(IsSchema))
                parts.ToList().ForEach(Repair);
            else
                schema.Remove(key);
        }
        foreach (var key in Named.Where(schema.ContainsKey))
        {
            if (schema[key] is JsonObject members && members.All(member => IsSchema(member.Value)))
                members.ToList().ForEach(member => Repair(member.Value));
            else
                schema.Remove(key);
        }
        if (HasArray(schema["type"]))
            schema.TryAdd("items", new JsonObject());
    }

    private static void RepairType(JsonObject schema)
    {
        var isKnown = schema["type"] switch
        {
            null => false,
            JsonArray several => several.Count > 0 && several.All(IsType),
            var one => IsType(one),
        };
        if (!isKnown)
            schema.Remove("type");
    }

    private static bool HasArray(JsonNode? type) =>
        type is JsonArray several ? several.Any(HasArray) : IsText(type) && type!.GetValue<string>() == "array";

    private static bool IsType(JsonNode? node) => IsText(node) && Types.Contains(node!.GetValue<string>());

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;

    private static bool IsSchema(JsonNode? node) =>
        node?.GetValueKind() is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False;
}
