using System.Text.Json;
using ChatStream.Web.Contract;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Demo;

/// <summary>The demo model calls the calculator: <c>/calculate 2*(3+4)</c>.</summary>
internal static class DemoCalculation
{
    private const string Command = "/calculate";
    private const string Tool = "calculator";

    /// <summary>The scene for a prompt; null: it asks for no calculation.</summary>
    public static DemoScene? AskedBy(string prompt, ChatOptions? options)
    {
        if (!prompt.StartsWith(Command, StringComparison.Ordinal)
            || (prompt.Length > Command.Length && !char.IsWhiteSpace(prompt[Command.Length])))
            return null;
        if (options?.Tools?.Any(tool => tool.Name == Tool) != true)
            return new DemoScene { Text = "The calculator is not enabled: the settings name it `Tools:Calculator:Enabled`." };
        var expression = prompt[Command.Length..].Trim() is { Length: > 0 } given ? given : "6*7";
        var arguments = $$"""{"expression":"{{JsonEncodedText.Encode(expression, MinimalEscaping.Instance)}}"}""";
        return new DemoScene
        {
            Text = "I ask the calculator.",
            Call = FunctionCalls.Of(Ids.New(), Tool, arguments),
            FinishReason = ChatFinishReason.ToolCalls,
        };
    }

    /// <summary>The scene that follows a result.</summary>
    public static DemoScene After(ChatMessage results)
    {
        var said = results.Contents.OfType<FunctionResultContent>().Select(FunctionCalls.TextOf).LastOrDefault() ?? "";
        return new DemoScene { Text = $"It says: {said}" };
    }
}
