using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Tools.Own;

/// <summary>Tells the value of an expression.</summary>
internal sealed class CalculatorFunction : AIFunction
{
    /// <summary>The demo model calls it by this name.</summary>
    public const string ToolName = "calculator";

    private const string WithoutZeros = "0.############################";

    private static readonly JsonElement Schema = JsonElement.Parse("""
        {"type":"object","properties":
            {"expression":{"type":"string","description":"Such as 2*(3+4)^2 or round(10/3, 2)."}},
            "required":["expression"],"additionalProperties":false}
        """);

    public override string Name => ToolName;

    public override string Description =>
        "Calculates with decimal numbers: + - * / % ^, parentheses, sqrt, abs, round, min, max. Exact to 28 digits.";

    public override JsonElement JsonSchema => Schema;

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var expression = arguments.GetValueOrDefault("expression") is JsonElement { ValueKind: JsonValueKind.String } text
            ? text.GetString()! : throw new ArgumentException("The expression is missing.");
        return ValueTask.FromResult<object?>(Expression.ValueOf(expression).ToString(WithoutZeros, CultureInfo.InvariantCulture));
    }
}
