using ChatStream.Web.Providers;
using ChatStream.Web.Storage;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Answers.Running;

/// <summary>An answer with calls as a model is told it: in rounds, each a text, its calls, and their results.</summary>
internal static class ToolTurns
{
    /// <summary>Adds a whole answer.</summary>
    /// <param name="messages">Gets the messages.</param>
    /// <param name="text">The answer's text.</param>
    /// <param name="calls">Its calls, in order; at least one.</param>
    /// <param name="reasoning">The encrypted reasoning of its last round; null: none.</param>
    /// <param name="images">The images of results, by the calls' ids.</param>
    public static void Add(
        List<ChatMessage> messages, string text, IReadOnlyList<ToolCall> calls, string? reasoning,
        ILookup<string, AIContent> images)
    {
        var from = AddRounds(messages, text, calls, images);
        if (Between(text, from, text.Length) is { Length: > 0 } rest)
            messages.Add(Message(rest, [], reasoning));
    }

    /// <summary>Adds rounds whose calls are over.</summary>
    /// <returns>Where the text of the next round begins.</returns>
    public static int AddRounds(
        List<ChatMessage> messages, string text, IEnumerable<ToolCall> calls, ILookup<string, AIContent> images)
    {
        var from = 0;
        foreach (var round in calls.GroupBy(call => call.Round))
        {
            from = AddRound(messages, text, [.. round], from, reasoning: null, images);
        }
        return from;
    }

    /// <summary>Adds one round.</summary>
    /// <param name="messages">Gets the messages.</param>
    /// <param name="text">The answer's text.</param>
    /// <param name="calls">The calls of the round.</param>
    /// <param name="from">Where the round's text begins.</param>
    /// <param name="reasoning">The encrypted reasoning of the round; null: none.</param>
    /// <param name="images">The images of results, by the calls' ids. Results themselves are text to both interfaces.</param>
    /// <param name="thought">The reasoning of the round as a text; empty: none, or not known. Few services take it.</param>
    /// <returns>Where the text of the next round begins.</returns>
    public static int AddRound(
        List<ChatMessage> messages, string text, IReadOnlyList<ToolCall> calls, int from, string? reasoning,
        ILookup<string, AIContent> images, string thought = "")
    {
        // A stored place may be anything: conversations are imported.
        var to = Math.Clamp(calls[0].At, from, text.Length);
        messages.Add(Message(
            Between(text, from, to), calls.Select(call => FunctionCalls.Of(call.Id, call.Name, call.Arguments)), reasoning,
            thought));
        messages.Add(new ChatMessage(
            ChatRole.Tool, [.. calls.Select(call => (AIContent)new FunctionResultContent(call.Id, call.Result ?? ""))]));
        var shown = calls.Where(call => images.Contains(call.Id)).ToList();
        if (shown.Count > 0)
        {
            messages.Add(new ChatMessage(ChatRole.User,
            [
                new TextContent($"Images in the results of {string.Join(", ", shown.Select(call => call.Name).Distinct())}:"),
                .. shown.SelectMany(call => images[call.Id]),
            ]));
        }
        return to;
    }

    private static ChatMessage Message(
        string text, IEnumerable<FunctionCallContent> calls, string? reasoning, string thought = "")
    {
        var message = new ChatMessage { Role = ChatRole.Assistant };
        if (thought.Length > 0)
            message.Contents.Add(new TextReasoningContent(thought));
        if (reasoning is not null)
            message.Contents.Add(new TextReasoningContent("") { ProtectedData = reasoning });
        if (text.Length > 0)
            message.Contents.Add(new TextContent(text));
        foreach (var call in calls)
            message.Contents.Add(call);
        return message;
    }

    private static string Between(string text, int from, int to) => text[from..to].Trim();
}
