using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>
/// Reads a chat of open-webui's exports. Its messages are the values of <c>history.messages</c>, or else a list without
/// branches.
/// </summary>
internal static class OpenWebUiExport
{
    public static ForeignConversation Read(JsonElement root, ImportRemarks remarks, DateTimeOffset now)
    {
        var chat = root.ObjectIn("chat") ?? root;
        var history = chat.ObjectIn("history");
        var conversation = new ForeignConversation
        {
            Title = root.TextIn("title") ?? chat.TextIn("title"),
            CreatedAt = root.TimeIn("created_at", now) ?? chat.TimeIn("timestamp", now),
            UpdatedAt = root.TimeIn("updated_at", now),
            CurrentId = history?.TextIn("currentId"),
            IsArchived = root.IsTrue("archived"),
            IsPinned = root.IsTrue("pinned"),
            SystemPrompt = chat.TextIn("system") ?? chat.ObjectIn("params")?.TextIn("system"),
        };
        if (history?.ObjectIn("messages") is { } tree)
        {
            foreach (var message in tree.EnumerateObject())
            {
                var node = new ForeignMessage(message.Name, message.Value.TextIn("parentId"));
                conversation.Messages.Add(Read(node, message.Value, remarks, now));
            }
        }
        if (conversation.Messages.Count > 0)
            return conversation;
        foreach (var message in chat.ItemsIn("messages"))
        {
            var before = conversation.Messages.Count > 0 ? conversation.Messages[^1].Id : null;
            var node = new ForeignMessage(message.TextIn("id") ?? $"#{conversation.Messages.Count}", before);
            conversation.Messages.Add(Read(node, message, remarks, now));
        }
        return conversation;
    }

    private static ForeignMessage Read(ForeignMessage node, JsonElement message, ImportRemarks remarks, DateTimeOffset now)
    {
        var role = message.TextIn("role");
        if (role is not ("user" or "assistant"))
        {
            if (role == "system")
                remarks.Add(ImportRemarkKind.Hidden);
            else if (role == "tool")
                remarks.Add(ImportRemarkKind.ToolCall);
            else
                remarks.Add(ImportRemarkKind.UnknownRole, role ?? "");
            return node;
        }
        var files = message.ItemsIn("files").ToList();
        var images = files.Count(file => file.TextIn("type") == "image");
        remarks.Add(ImportRemarkKind.Image, count: images);
        remarks.Add(ImportRemarkKind.File, count: files.Count - images);
        var answer = new OpenWebUiAnswer(message.TextIn("content") ?? Parts(message, remarks), []);
        if (role == "assistant")
            answer = OpenWebUiAnswer.Read(answer.Text, remarks);
        var (text, calls) = answer;
        if (text.Length == 0 && role == "user" && files.Count > 0)
            text = images > 0 ? "[image]" : "[file]";
        return text.Length == 0 && calls.Count == 0 ? node with { Reasoning = answer.Reasoning } : node with
        {
            Role = role == "user" ? MessageRole.User : MessageRole.Assistant,
            Text = text,
            Reasoning = answer.Reasoning,
            Calls = calls,
            Model = message.TextIn("model"),
            CreatedAt = message.TimeIn("timestamp", now),
            FinishReason = message.Member("done") is { ValueKind: JsonValueKind.False }
                ? FinishReason.Interrupted : FinishReason.Completed,
        };
    }

    private static string Parts(JsonElement message, ImportRemarks remarks)
    {
        var all = new StringBuilder();
        foreach (var part in message.ItemsIn("content"))
        {
            var kind = part.TextIn("type");
            if (kind == "text" && part.TextIn("text") is { } text)
                all.Append(all.Length > 0 ? "\n" : "").Append(text);
            else if (kind == "image_url")
                remarks.Add(ImportRemarkKind.Image);
            else
                remarks.Add(ImportRemarkKind.UnknownPart, kind ?? "");
        }
        return all.ToString();
    }
}
