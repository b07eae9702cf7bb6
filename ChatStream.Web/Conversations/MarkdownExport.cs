using System.Globalization;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

internal static class MarkdownExport
{
    /// <summary>Writes the path last shown as one Markdown document. An answer and its continuations are one answer.</summary>
    public static string Write(ShownConversation shown)
    {
        var markdown = new StringBuilder($"# {shown.Conversation.Title.ReplaceLineEndings(" ")}\n");
        WriteManner(markdown, shown.Conversation.Manner);
        foreach (var turn in shown.Turns)
        {
            markdown.Append("\n## ").Append(turn[0].Role == MessageRole.User ? "You" : turn[0].Model).Append("\n\n");
            markdown.Append('*').Append(Said(turn)).Append("*\n\n");
            WriteText(markdown, string.Concat(turn.Select(message => message.Text)));
            foreach (var call in turn.SelectMany(message => message.Tools))
                WriteCall(markdown, call);
            foreach (var file in turn.SelectMany(message => shown.Files[message.Id]))
                markdown.Append("\n*File:* ").Append(Escape(file.Name)).Append('\n');
            foreach (var summary in shown.Summaries.Where(summary => turn.Any(message => message.Id == summary.MessageId)))
                WriteText(markdown.Append("\n## Summary of what stands above\n\n"), summary.Text);
        }
        return markdown.ToString();
    }

    /// <summary>When a turn was said, and how long an answer took, as far as that is known.</summary>
    private static string Said(IReadOnlyList<Message> turn)
    {
        var at = turn[0].CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        // An imported answer may end when it begins: then its times are not known.
        var took = turn.Sum(part => part.EndedAt > part.CreatedAt ? (part.EndedAt - part.CreatedAt).Value.TotalSeconds : 0);
        return took > 0 ? string.Create(CultureInfo.InvariantCulture, $"{at}, took {took:0.0} s") : at;
    }

    // A name with marks of Markdown in it is still a name.
    private static string Escape(string name) => string.Concat(name.Select(c =>
        char.IsAsciiLetterOrDigit(c) || !char.IsAscii(c) || c is ' ' or '.' or '-' ? $"{c}" : $"\\{c}"));

    // A block of code that is left open would take all that follows.
    private static void WriteText(StringBuilder markdown, string text)
    {
        markdown.Append(text).Append('\n');
        if (OpenFence(text) is { } fence)
            markdown.Append(fence).Append('\n');
    }

    /// <summary>
    /// What ends the block of code in which a text ends; null: it ends in none. A block in a list ends with the list.
    /// </summary>
    private static string? OpenFence(string text)
    {
        string? open = null;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range).TrimEnd('\r');
            var mark = line.TrimStart(' ');
            if (line.Length - mark.Length > 3 || mark is not ['`' or '~', ..])
                continue;
            var run = mark.Length - mark.TrimStart(mark[0]).Length;
            if (open is null && run >= 3 && (mark[0] == '~' || !mark[run..].Contains('`')))
                open = new string(mark[0], run);
            else if (open is not null && mark[0] == open[0] && run >= open.Length && mark[run..].IsWhiteSpace())
                open = null;
        }
        return open;
    }

    // In code blocks: what a tool says is no part of the document.
    private static void WriteCall(StringBuilder markdown, ToolCall call)
    {
        var state = call.State.ToString().ToLowerInvariant();
        markdown.Append("\n### Tool ").Append(call.Name).Append(": ").Append(state).Append('\n');
        WriteBlock(markdown, call.Arguments);
        if (call.Result is { } result)
            WriteBlock(markdown, result);
    }

    private static void WriteBlock(StringBuilder markdown, string text)
    {
        var fence = new string('`', Math.Max(3, LongestRun(text) + 1));
        markdown.Append('\n').Append(fence).Append('\n').Append(text).Append('\n').Append(fence).Append('\n');
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
            longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        return longest;
    }

    private static void WriteManner(StringBuilder markdown, Manner manner)
    {
        (string Name, string? Value)[] all =
            [("Preset", manner.Preset), ("Effort", manner.Effort), ("Verbosity", manner.Verbosity)];
        var chosen = all.Where(choice => choice.Value is not null).Select(choice => $"{choice.Name}: {choice.Value}").ToList();
        if (chosen.Count > 0)
            markdown.Append('\n').AppendJoin(", ", chosen).Append('\n');
        if (manner.SystemPrompt is not null)
            WriteText(markdown.Append("\n## Instructions\n\n"), manner.SystemPrompt);
    }
}
