using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using ChatStream.Web.Tests.Providers.Responses;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Answers of model services, before they are damaged. Each has the text that is to be shown, if it has one.</summary>
internal static class UndamagedStreams
{
    private const string Spoken = "One two three 😀 end.";

    private static readonly (string Stream, string? Text)[] Chat =
    [
        (AzureStream.Text("\n"), null),
        (AzureStream.Text("\r\n"), null),
        (Plain("One ", "two ", "three ", "\\ud83d", "\\ude00", " end."), Spoken),
        ("""{"choices":[{"index":0,"message":{"role":"assistant","content":"A whole answer."},"finish_reason":"stop"}]}""",
            "A whole answer."),
        (Plain("<think>", "Because", ".</think>", "So."), "So."),
        ($"{Plain("A")[..^14]}error: {{\"code\":400,\"message\":\"too long\",\"type\":\"exceed_context_size_error\"}}\n\n", null),
        ("event: error\ndata: {\"message\":\"Overloaded\",\"type\":\"rate_limit_exceeded\"}\n\n", null),
        ("""{"error":{"message":"secret","type":"server_error","code":null}}""", null),
    ];

    private static readonly (string Stream, string? Text)[] Responses =
    [
        (Spoke() + ResponsesStream.Completed(Output(Spoken) + "," + Usage), Spoken),
        (Spoke().ReplaceLineEndings("\r\n") + ResponsesStream.Completed(Usage).ReplaceLineEndings("\r\n"), Spoken),
        (Thought() + Spoke()
            + ResponsesStream.End("incomplete", "\"incomplete_details\":{\"reason\":\"max_output_tokens\"}"), null),
        (Thought() + Spoke() + ResponsesStream.Completed(Usage), Spoken),
        (ResponsesStream.Created + ResponsesStream.Completed(Output("Only at the end.")), "Only at the end."),
        ($$"""{"id":"r-1","object":"response","status":"completed","model":"gpt-5",{{Output("A whole answer.")}},{{Usage}}}""",
            "A whole answer."),
        (Spoke() + ResponsesStream.End("failed", "\"error\":{\"code\":\"server_error\",\"message\":\"secret\"}"), null),
        (Spoke()
            + ResponsesStream.Event("error", "\"code\":\"rate_limit_exceeded\",\"message\":\"Slow down.\",\"param\":null"), null),
        (ResponsesStream.Created + ResponsesStream.Item("function_call")
            + ResponsesStream.Event("response.function_call_arguments.delta", "\"output_index\":0,\"delta\":\"{\"")
            + ResponsesStream.Completed(), null),
        ("""{"error":{"message":"secret","type":"server_error","code":null}}""", null),
    ];

    private static readonly (string Stream, string? Text)[] Numbered =
        [.. Responses.Select(each => (ResponsesStream.Numbered(each.Stream), each.Text))];

    private const string Usage = "\"usage\":{\"input_tokens\":12,\"input_tokens_details\":{\"cached_tokens\":0}"
        + ",\"output_tokens\":7,\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":19}";

    public static IReadOnlyList<(string Stream, string? Text)> Of(ModelApi api) => api == ModelApi.Chat ? Chat : Numbered;

    private static string Plain(params IEnumerable<string> texts) =>
        string.Concat(texts.Select(AzureStream.Data)) + AzureStream.Finish() + AzureStream.Done;

    private static string Spoke() => ResponsesStream.Created + ResponsesStream.Item("message")
        + string.Concat(((string[])["One ", "two ", "three ", "\\ud83d", "\\ude00", " end."]).Select(ResponsesStream.Text));

    private static string Thought() => ResponsesStream.Created + ResponsesStream.Item("reasoning")
        + ResponsesStream.Thought("Hm, \\ud83d") + ResponsesStream.Thought("\\ude00.");

    private static string Output(string text) =>
        $$"""
        "output":[{"type":"message","content":[{"type":"output_text","text":"{{text}}","annotations":[]}]}]
        """;
}
