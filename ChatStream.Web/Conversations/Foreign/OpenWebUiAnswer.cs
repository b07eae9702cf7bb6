using System.Net;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>
/// An answer of open-webui. What stands in <c>&lt;details type="…"&gt;</c> is taken out of its text: reasoning, and calls of
/// tools.
/// </summary>
/// <param name="Text">The rest.</param>
/// <param name="Calls">The calls.</param>
internal sealed record OpenWebUiAnswer(string Text, IReadOnlyList<ForeignCall> Calls)
{
    private const string Begin = "<details type=\"", End = "</details>", SummaryEnd = "</summary>";

    public string? Reasoning { get; private init; }

    public static OpenWebUiAnswer Read(string text, ImportRemarks remarks)
    {
        var (rest, reasoning, calls, at) = (new StringBuilder(), new StringBuilder(), new List<ForeignCall>(), 0);
        while (text.IndexOf(Begin, at, StringComparison.Ordinal) is >= 0 and var begin
            && text.IndexOf(End, begin, StringComparison.Ordinal) is >= 0 and var end)
        {
            rest.Append(text, at, begin - at);
            var block = text[begin..end];
            var head = block[..Math.Min(block.Length, block.IndexOf('>', StringComparison.Ordinal) + 1)];
            if (head.StartsWith($"{Begin}reasoning\"", StringComparison.Ordinal))
                reasoning.Append(reasoning.Length > 0 ? "\n\n" : "").Append(Unquoted(Inside(block, head)));
            else if (Call(block, head, rest.Length) is { } call)
                calls.Add(call);
            else
                remarks.Add(ImportRemarkKind.ToolCall);
            at = end + End.Length;
        }
        if (at == 0)
            return new OpenWebUiAnswer(text, []);
        var whole = rest.Append(text, at, text.Length - at).ToString();
        var (trimmed, before) = (whole.Trim(), whole.Length - whole.TrimStart().Length);
        return new OpenWebUiAnswer(
            trimmed, [.. calls.Select(call => call with { At = Math.Clamp(call.At - before, 0, trimmed.Length) })])
        {
            Reasoning = reasoning.Length > 0 ? reasoning.ToString() : null,
        };
    }

    /// <summary>A call; null: it does not say of what.</summary>
    private static ForeignCall? Call(string block, string head, int at)
    {
        if (head.StartsWith($"{Begin}code_interpreter\"", StringComparison.Ordinal))
            return new ForeignCall("code_interpreter", Inside(block, head).Trim(), Attribute(head, "output"), at);
        return Attribute(head, "name") is { Length: > 0 } name
            ? new ForeignCall(name, Attribute(head, "arguments") ?? "", Attribute(head, "result"), at) : null;
    }

    /// <summary>An attribute; null: there is none. Its value may be a text of JSON, which may have JSON again.</summary>
    private static string? Attribute(string head, string name)
    {
        var begin = head.IndexOf($" {name}=\"", StringComparison.Ordinal);
        if (begin < 0)
            return null;
        begin += name.Length + 3;
        var end = head.IndexOf('"', begin);
        var value = Decoded(end < 0 ? "" : head[begin..end]);
        if (!value.StartsWith('"'))
            return value;
        try
        {
            using var json = JsonDocument.Parse(value);
            return json.RootElement.AsText() ?? value;
        }
        catch (JsonException)
        {
            return value;
        }
    }

    private static string Inside(string block, string head)
    {
        var summary = block.IndexOf(SummaryEnd, StringComparison.Ordinal);
        return Decoded(block[(summary >= 0 ? summary + SummaryEnd.Length : head.Length)..]);
    }

    // PostgreSQL cannot store NUL.
    private static string Decoded(string text) => WebUtility.HtmlDecode(text).Replace('\0', '\uFFFD');

    private static string Unquoted(string text) => string.Join('\n', text.Trim().Split('\n').Select(
        line => line.StartsWith("> ", StringComparison.Ordinal) ? line[2..] : line == ">" ? "" : line));
}
