using ChatStream.Emulator;

namespace ChatStream.Web.Tests.Emulation.Clients;

/// <summary>An answer of the emulator, and what all clients are to tell of it.</summary>
/// <param name="Name">Of the test, and the message that asks for it.</param>
/// <param name="Script">What the emulator sends.</param>
/// <param name="Finish">The finish reason of chat completions.</param>
/// <param name="Usage">The tokens.</param>
internal sealed record AskedAnswer(string Name, Script Script, string Finish, ToldUsage Usage)
{
    public string? Text { get; init; }

    public string? Refusal { get; init; }

    public string? Reasoning { get; init; }

    public IReadOnlyList<ToldTool> Tools { get; init; } = [];

    public override string ToString() => Name;

    public static IReadOnlyList<AskedAnswer> All { get; } =
    [
        new(
            "text", Script.Start().Text("Hel").Text("lö ").Text("😀").Finish("stop").Usage(12, 3).Done(), "stop",
            new(12, 3, 0))
        {
            Text = "Hellö 😀",
        },
        new(
            "reasoning before the text",
            Script.Start().Reasoning("Hm. ").Reasoning("So.").Text("Yes.").Finish("stop").Usage(12, 9, reasoning: 4).Done(),
            "stop", new(12, 9, 4))
        {
            Text = "Yes.",
            Reasoning = "Hm. So.",
        },
        new(
            "a tool call in fragments",
            Script.Start().ToolCall(0, "", "call_1", "weather").ToolCall(0, "{\"ci").ToolCall(0, "ty\":\"Köln\"}")
                .Finish("tool_calls").Usage(20, 7).Done(),
            "tool_calls", new(20, 7, 0))
        {
            Tools = [new("call_1", "weather", "{\"city\":\"Köln\"}")],
        },
        new(
            "parallel tool calls after a text",
            Script.Start().Text("Let me see.").ToolCall(0, "", "call_1", "weather").ToolCall(0, "{\"city\":")
                .ToolCall(1, "", "call_2", "weather").ToolCall(1, "{\"city\":").ToolCall(0, "\"Bonn\"}").ToolCall(1, "\"Rom\"}")
                .Finish("tool_calls").Usage(20, 19).Done(),
            "tool_calls", new(20, 19, 0))
        {
            Text = "Let me see.",
            Tools = [new("call_1", "weather", "{\"city\":\"Bonn\"}"), new("call_2", "weather", "{\"city\":\"Rom\"}")],
        },
        new(
            "a text up to the limit", Script.Start().Text("so far").Finish("length").Usage(12, 2).Done(),
            "length", new(12, 2, 0))
        {
            Text = "so far",
        },
        new(
            "a text that the filter ends", Script.Start().Text("so far").Finish("content_filter").Usage(12, 2).Done(),
            "content_filter", new(12, 2, 0))
        {
            Text = "so far",
        },
        new(
            "a refusal", Script.Start().Refusal("I ").Refusal("can't.").Finish("stop").Usage(12, 3).Done(), "stop",
            new(12, 3, 0))
        {
            Refusal = "I can't.",
        },
        new(
            "a text whose filter finds nothing late",
            Script.Start().Text("Yes.").Finish("stop").FilterAnnotation(9, 1, 9).Usage(12, 1).Done(), "stop", new(12, 1, 0))
        {
            Text = "Yes.",
        },
    ];
}
