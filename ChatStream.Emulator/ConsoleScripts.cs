using System.Globalization;

namespace ChatStream.Emulator;

/// <summary>The answers of the console, and the words that ask for another answer or a fault.</summary>
public static class ConsoleScripts
{
    private const int MostWords = 10_000;

    private static readonly TimeSpan TokenPace = TimeSpan.FromMilliseconds(33);
    private static readonly TimeSpan SteadyPace = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Tokens = Split("""
        This reply comes from the emulator, not from a model. It is streamed at about thirty tokens a second, as a
        deployment would stream it. Each token is one event, with the content filter's results beside it.

        - **Stop** closes the request, and the emulator's console shows when it saw that.
        - A message that starts with `/cut`, `/429` or another of its words gets a fault. The console's help lists the words.

        That is all there is to say. Ask again, and the same words come again.
        """);

    // Stands before the commands, because they use it when they are initialised.
    public static Script Reply { get; } = Whole(TokenPace);

    public static Script ReplyAtOnce { get; } = Tokens.Aggregate(Script.Start(), (script, token) => script.Text(token))
        .Finish("stop").Usage(42, Tokens.Length).Done();

    private static readonly (string Word, string What, Script Script)[] Commands =
    [
        ("/slow", "the reply, two tokens a second", Whole(TimeSpan.FromMilliseconds(500))),
        ("/short", "two words at once", Script.Answer(" short", " answer")),
        ("/plain", "the reply, its chunks without obfuscation", Reply.NoObfuscation()),
        ("/reason", "reasoning before the reply", Reasoned()),
        ("/tool", "a call of the tool calculator, and then the reply", Called()),
        ("/length", "a reply that ends at the token limit", Begun().Finish("length").Usage(42, 12).Done()),
        ("/filter", "a reply that the content filter ends", Begun().Finish("content_filter").Usage(42, 12).Done()),
        ("/prompt-filter", "400: the filter blocks the prompt", AzureErrors.PromptFiltered()),
        ("/context", "400: the context is too long", AzureErrors.ContextLengthExceeded()),
        ("/401", "401: wrong key", AzureErrors.Unauthorized()),
        ("/403", "403: a firewall rule", AzureErrors.AccessDenied()),
        ("/404", "404: no such deployment", AzureErrors.DeploymentNotFound()),
        ("/429", "429: rate limit, retry after 20 s", AzureErrors.RateLimited(TimeSpan.FromSeconds(20))),
        ("/500", "500: server error", AzureErrors.ServerError()),
        ("/503", "503: unavailable", AzureErrors.ServiceUnavailable()),
        ("/html", "502: an HTML page, as from a proxy", Script.Page(502, "<html><body><h1>502 Bad Gateway</h1></body></html>")),
        ("/error", "an error event in the stream; without streaming: 500",
            Begun().ErrorEvent("server_error", "The server had an error.").Done()),
        ("/malformed", "an event that is not JSON", Begun().Malformed()),
        ("/giant", "an event of 2 MB", Begun().Giant(2 << 20).Finish("stop").Done()),
        ("/nodone", "an end without a finish reason and without [DONE]", Begun()),
        ("/cut", "the connection ends in the middle", Begun().Cut()),
        ("/reset", "the connection is reset in the middle", Begun().Reset()),
        ("/stall", "silence in the middle, until the client closes", Begun().Stall()),
    ];

    public static string Help { get; } = string.Join(
        '\n',
        Commands.Select(command => $"  {command.Word,-16} {command.What}")
            .Append($"  {"/steady N",-16} N words, twenty a second"));

    public static Script? ForCommand(EmulatedRequest request)
    {
        // Messages without an answer between them come as one, with blank lines between.
        var last = request.LastUserMessage.Split("\n\n")[^1];
        if (request.HasToolResults) return Reply;
        var words = last.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        if (words is ["/steady", var count, ..]
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var n))
            return Steady(Math.Min(n, MostWords));
        return Commands.FirstOrDefault(command => command.Word == words.FirstOrDefault()).Script;
    }

    // Its arguments come in fragments, as a model writes them.
    private static Script Called() => Script.Start().Text("One moment.")
        .ToolCall(0, "", "call_1", "calculator").ToolCall(0, "{\"expression\":").ToolCall(0, "\"6*7\"}")
        .Finish("tool_calls").Usage(42, 12).Done();

    private static Script Steady(int words) =>
        Paced(SteadyPace, Enumerable.Range(0, words).Select(n => $" w{n}")).Finish("stop").Usage(5, words).Done();

    private static Script Begun() => Paced(TokenPace, Tokens.Take(12));

    private static Script Reasoned() =>
        Paced(TokenPace, Split("The question is easy. "), Script.Start(), (script, token) => script.Reasoning(token))
            .Delay(TimeSpan.FromSeconds(1))
            .Text("The answer is: yes.").Finish("stop").Usage(42, 24, reasoning: 18).Done();

    private static Script Whole(TimeSpan pace) => Paced(pace, Tokens).Finish("stop").Usage(42, Tokens.Length).Done();

    private static Script Paced(TimeSpan pace, IEnumerable<string> tokens) =>
        Paced(pace, tokens, Script.Start(), (script, token) => script.Text(token));

    private static Script Paced(
        TimeSpan pace, IEnumerable<string> tokens, Script start, Func<Script, string, Script> say) =>
        tokens.Aggregate(start, (script, token) => say(script.Delay(pace), token));

    // A token is a word with the white space before it, much as a model's tokens are.
    private static string[] Split(string text)
    {
        var tokens = new List<string>();
        var start = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]) || char.IsWhiteSpace(text[i - 1])) continue;
            tokens.Add(text[start..i]);
            start = i;
        }

        return [.. tokens, text[start..]];
    }
}
