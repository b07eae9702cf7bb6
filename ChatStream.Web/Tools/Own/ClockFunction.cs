using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Tools.Own;

/// <summary>Tells the current time, in UTC or in a zone by its IANA name.</summary>
internal sealed class ClockFunction(TimeProvider time) : AIFunction
{
    public const string ToolName = "current_time";

    private static readonly JsonElement Schema = JsonElement.Parse("""
        {"type":"object","properties":
            {"zone":{"type":"string","description":"An IANA time zone such as Europe/Berlin. Absent: UTC."}},
            "additionalProperties":false}
        """);

    public override string Name => ToolName;

    public override string Description => "Tells the current date, day of the week and time.";

    public override JsonElement JsonSchema => Schema;

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var name = arguments.GetValueOrDefault("zone") is JsonElement { ValueKind: JsonValueKind.String } zone
            ? zone.GetString()! : "UTC";
        if (name.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found))
            throw new ArgumentException("There is no such time zone.");
        var now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), found);
        return ValueTask.FromResult<object?>(
            now.ToString("dddd, yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) + $" ({name})");
    }
}
