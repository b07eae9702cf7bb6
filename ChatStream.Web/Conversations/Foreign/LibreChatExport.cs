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
        var (texts, thoughts) = (new List<string>(), new List<string>());
        if (message.TextIn("text") is { Length: > 0 } whole)
            texts.Add(whole);
        foreach (var part in message.ItemsIn("content"))
            Take(part, texts, thoughts, remarks);
        var text = string.Join("\n\n", texts);
        var reasoning = thoughts.Count > 0 ? string.Join("\n\n", thoughts) : null;
        var isUser = message.Member("isCreatedByUser") is { ValueKind: JsonValueKind.True or JsonValueKind.False } by
            ? by.ValueKind == JsonValueKind.True
            : string.Equals(message.TextIn("sender"), "user", StringComparison.OrdinalIgnoreCase);
        if (text.Length == 0 && isUser && files.Count > 0)
            text = images > 0 ? "[image]" : "[file]";
        return text.Length == 0 ? node with { Reasoning = reasoning } : node with
        {
            Role = isUser ? MessageRole.User : MessageRole.Assistant,
            Text = text,
            Reasoning = reasoning,
            Model = message.TextIn("model") ?? message.TextIn("sender"),
            CreatedAt = message.TimeIn("createdAt", now),
            FinishReason = message.IsTrue("unfinished") ? FinishReason.Interrupted : FinishReason.Completed,
        };
    }

    private static void Take(JsonElement part, List<string> texts, List<string> thoughts, ImportRemarks remarks)
    {
        switch (part.TextIn("type"))
        {
            case "text":
                if ((part.TextIn("text") ?? part.ObjectIn("text")?.TextIn("value")) is { Length: > 0 } more)
                    texts.Add(more);
                break;
            case "think":
                if (part.TextIn("think") is { Length: > 0 } thought)
                    thoughts.Add(thought);
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

    private static bool IsImage(JsonElement file) =>
        file.TextIn("type")?.StartsWith("image", StringComparison.Ordinal) == true;
}
