using System.Text.Json;

namespace ChatStream.Web.Tools;

/// <summary>
/// Compares arguments with a tool's schema, as far as that is simple and bounded: types, required and unknown members, and values
/// of a closed set. What a schema says beyond that is for the tool to check.
/// </summary>
internal static class ArgumentCheck
{
    /// <summary>Bytes of a call's arguments in UTF-8.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Levels of a call's arguments. The protocol's messages have two more, and the library takes 64.</summary>
    public const int MostLevels = 60;

    /// <summary>Bytes of a tool's schema.</summary>
    public const int LargestSchema = 32 * 1024;

    private const int Deepest = 16;

    /// <summary>Whether a schema can be told to a model: that of an object, and no larger than is taken.</summary>
    public static bool IsUsable(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && WellFormedJson.Is(schema) && schema.GetRawText().Length <= LargestSchema
        && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object");

    /// <summary>What is wrong with the arguments, in a sentence for the model; null: nothing that is seen here.</summary>
    public static string? Fault(JsonElement schema, JsonElement arguments) => arguments.ValueKind != JsonValueKind.Object
        ? "The arguments are not a JSON object."
        : Fault(schema, arguments, "The arguments", 0);

    private static string? Fault(JsonElement schema, JsonElement value, string place, int depth)
    {
        if (depth > Deepest)
            return $"{place} are nested too deeply.";
        if (schema.ValueKind != JsonValueKind.Object)
            return null; // true: anything fits
        if (schema.TryGetProperty("type", out var type) && !HasType(type, value))
            return $"{place} must be of type {type.GetRawText().Replace('"', '\'')}.";
        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array
            && !values.EnumerateArray().Any(known => JsonElement.DeepEquals(known, value)))
            return $"{place} must be one of the values of the schema.";
        return value.ValueKind switch
        {
            JsonValueKind.Object => FaultOfMembers(schema, value, place, depth),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) =>
                value.EnumerateArray().Select((item, i) => Fault(items, item, $"{place}[{i}]", depth + 1))
                    .FirstOrDefault(fault => fault is not null),
            _ => null,
        };
    }

    private static string? FaultOfMembers(JsonElement schema, JsonElement value, string place, int depth)
    {
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
        {
            foreach (var name in required.EnumerateArray())
            {
                if (name.ValueKind == JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _))
                    return $"{place} lack '{name.GetString()}'.";
            }
        }
        var hasProperties = schema.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object;
        var isClosed = schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.False;
        foreach (var member in value.EnumerateObject())
        {
            if (hasProperties && properties.TryGetProperty(member.Name, out var known))
            {
                if (Fault(known, member.Value, $"{place}.{member.Name}", depth + 1) is { } fault)
                    return fault;
            }
            else if (isClosed && !schema.TryGetProperty("patternProperties", out _))
            {
                return $"{place} have a member that the schema does not know.";
            }
        }
        return null;
    }

    private static bool HasType(JsonElement type, JsonElement value) => type.ValueKind switch
    {
        JsonValueKind.String => HasType(type.GetString()!, value),
        JsonValueKind.Array => type.EnumerateArray().Any(one =>
            one.ValueKind == JsonValueKind.String && HasType(one.GetString()!, value)),
        _ => true,
    };

    private static bool HasType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            && number == decimal.Truncate(number),
        _ => true,
    };
}
