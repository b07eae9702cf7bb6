using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>
/// Reads an export of LibreChat: <c>messages</c>, of which each names its parent, or <c>messagesTree</c>, of which each has its
/// children.
/// </summary>
internal static class LibreChatExport
{
    /// <summary>The parent of a root.</summary>
    private const string NoParent = "00000000-0000-0000-0000-000000000000";

    public static ForeignConversation Read(JsonElement root, ImportRemarks remarks, DateTimeOffset now)
    {
        var conversation = new ForeignConversation
        {
            Title = root.TextIn("title"),
            SystemPrompt = root.ObjectIn("options")?.TextIn("promptPrefix"),
        };
        // As deep as a conversation is long: so no method calls itself.
        var open = new Stack<(JsonElement Message, string? ParentId)>();
        foreach (var message in root.ItemsIn("messagesTree").Concat(root.ItemsIn("messages")).Reverse())
            open.Push((message, message.TextIn("parentMessageId")));
        while (open.TryPop(out var next))
        {
            var (message, parentId) = next;
            var id = message.TextIn("messageId") ?? $"#{conversation.Messages.Count}";
            var node = new ForeignMessage(id, parentId == NoParent ? null : parentId);
            conversation.Messages.Add(Read(node, message, remarks, now));
            foreach (var child in message.ItemsIn("children").Reverse())
                open.Push((child, id));
        }
        return conversation;
    }

    private static ForeignMessage Read(ForeignMessage node, JsonElement message, ImportRemarks remarks, DateTimeOffset now)
    {
        if (message.IsTrue("error"))
        {
            remarks.Add(ImportRemarkKind.UnknownPart, "error");
            return node;
        }
        var files = message.ItemsIn("files").ToList();
        var images = files.Count(IsImage);
        remarks.Add(ImportRemarkKind.Image, count: images);
        remarks.Add(ImportRemarkKind.File, count: files.Count - images);
        var parts = new Parts(remarks);
        if (message.TextIn("text") is { Length: > 0 } whole)
            parts.Add(whole);
        foreach (var part in message.ItemsIn("content"))
            parts.Take(part);
        var (text, reasoning, calls) = (parts.Text, parts.Reasoning, parts.Calls);
        var isUser = message.Member("isCreatedByUser") is { ValueKind: JsonValueKind.True or JsonValueKind.False } by
            ? by.ValueKind == JsonValueKind.True
            : string.Equals(message.TextIn("sender"), "user", StringComparison.OrdinalIgnoreCase);
        if (text.Length == 0 && isUser && files.Count > 0)
            text = images > 0 ? "[image]" : "[file]";
        return text.Length == 0 && (isUser || calls.Count == 0) ? node with { Reasoning = reasoning } : node with
        {
            Role = isUser ? MessageRole.User : MessageRole.Assistant,
            Text = text,
            Reasoning = reasoning,
            Calls = calls,
            Model = message.TextIn("model") ?? message.TextIn("sender"),
            CreatedAt = message.TimeIn("createdAt", now),
            FinishReason = message.IsTrue("unfinished") ? FinishReason.Interrupted : FinishReason.Completed,
        };
    }

    private static bool IsImage(JsonElement file) =>
        file.TextIn("type")?.StartsWith("image", StringComparison.Ordinal) == true;

    /// <summary>The parts of a message, put together.</summary>
    private sealed class Parts(ImportRemarks remarks)
    {
        private readonly StringBuilder _text = new();
        private readonly List<string> _thoughts = [];

        public string Text => _text.ToString();
        public string? Reasoning => _thoughts.Count > 0 ? string.Join("\n\n", _thoughts) : null;
        public List<ForeignCall> Calls { get; } = [];

        public void Add(string text) => _text.Append(_text.Length > 0 ? "\n\n" : "").Append(text);

        public void Take(JsonElement part)
        {
            switch (part.TextIn("type"))
            {
                case "text":
                    if ((part.TextIn("text") ?? part.ObjectIn("text")?.TextIn("value")) is { Length: > 0 } more)
                        Add(more);
                    break;
                case "think":
                    if (part.TextIn("think") is { Length: > 0 } thought)
                        _thoughts.Add(thought);
                    break;
                case "tool_call" when part.ObjectIn("tool_call") is { } call:
                    Calls.Add(CallOf(call));
                    break;
                case "tool_call":
                    remarks.Add(ImportRemarkKind.ToolCall);
                    break;
                case "image_file" or "image_url":
                    remarks.Add(ImportRemarkKind.Image);
                    break;
                case var kind:
                    remarks.Add(ImportRemarkKind.UnknownPart, kind ?? "");
                    break;
            }
        }

        /// <summary>Of an agent, or of an assistant, which has its members in one that its type names.</summary>
        private ForeignCall CallOf(JsonElement call)
        {
            var kind = call.TextIn("type") ?? "";
            var inner = call.ObjectIn(kind) ?? call;
            var arguments = inner.Member("args") ?? inner.Member("arguments") ?? inner.Member("input");
            return new ForeignCall(
                inner.TextIn("name") ?? kind, TextOf(arguments), inner.TextIn("output"), _text.Length);
        }

        private static string TextOf(JsonElement? value) => value is not { } known ? ""
            : known.ValueKind == JsonValueKind.Object ? known.GetRawText() : known.AsText() ?? "";
    }
}
