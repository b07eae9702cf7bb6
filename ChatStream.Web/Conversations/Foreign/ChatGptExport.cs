using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>
/// Reads a conversation of ChatGPT's <c>conversations.json</c>. Its messages are the values of <c>mapping</c>, of which each
/// names its parent.
/// </summary>
internal static class ChatGptExport
{
    /// <summary>Stands where an image was, or where a message has nothing else.</summary>
    private const string Image = "[image]";

    /// <param name="root">The conversation.</param>
    /// <param name="remarks">What is left out.</param>
    /// <param name="now">No time can be later.</param>
    /// <param name="archive">Has the files; null: there is none.</param>
    public static ForeignConversation Read(
        JsonElement root, ImportRemarks remarks, DateTimeOffset now, ZippedExport? archive = null)
    {
        var conversation = new ForeignConversation
        {
            Title = root.TextIn("title"),
            CreatedAt = root.TimeIn("create_time", now),
            UpdatedAt = root.TimeIn("update_time", now),
            CurrentId = root.TextIn("current_node"),
            IsArchived = root.IsTrue("is_archived"),
            IsPinned = root.IsTrue("is_starred"),
        };
        if (root.ObjectIn("mapping") is not { } mapping)
            return conversation;
        foreach (var node in mapping.EnumerateObject())
        {
            var parentId = node.Value.TextIn("parent");
            var message = node.Value.ObjectIn("message");
            conversation.Messages.Add(message is { } known
                ? Read(new ForeignMessage(node.Name, parentId), known, remarks, now, archive)
                : new ForeignMessage(node.Name, parentId));
        }
        return conversation;
    }

    private static ForeignMessage Read(
        ForeignMessage node, JsonElement message, ImportRemarks remarks, DateTimeOffset now, ZippedExport? archive)
    {
        var role = message.ObjectIn("author")?.TextIn("role");
        var content = message.ObjectIn("content");
        var kind = content?.TextIn("content_type") ?? "";
        if (kind == "thoughts")
            return node with { Reasoning = Thoughts(content!.Value) };
        if (kind is "reasoning_recap" || content is null)
            return node;
        var metadata = message.ObjectIn("metadata") ?? default;
        if (role == "assistant" && message.TextIn("recipient") is { } recipient && recipient != "all")
            return node with { Calls = [new ForeignCall(recipient, Said(content.Value, kind, remarks), Result: null)] };
        if (role == "tool")
        {
            var name = message.ObjectIn("author")?.TextIn("name") ?? "";
            return node with { Result = new ForeignResult(name, Said(content.Value, kind, remarks)) };
        }
        var isHidden = role == "system" || metadata.IsTrue("is_visually_hidden_from_conversation")
            || kind is "user_editable_context" or "model_editable_context";
        if (isHidden)
        {
            // Each conversation begins with an empty one.
            if (kind != "text" || Text(content.Value, kind, new ImportRemarks()).Length > 0)
                remarks.Add(ImportRemarkKind.Hidden);
            return node;
        }
        if (role is not ("user" or "assistant"))
        {
            remarks.Add(ImportRemarkKind.UnknownRole, role ?? "");
            return node;
        }
        List<ForeignFile> files = [];
        foreach (var file in metadata.ItemsIn("attachments"))
        {
            if (file.TextIn("mime_type")?.StartsWith("image/", StringComparison.Ordinal) == true)
                continue;
            if (role == "user" && file.TextIn("id") is { } id && archive?.NameOf(id) is { } name)
                files.Add(new ForeignFile(id, file.TextIn("name") ?? name));
            else
                remarks.Add(ImportRemarkKind.File);
        }
        var text = Text(content.Value, kind, remarks, pointer =>
        {
            if (role != "user" || archive?.NameOf(pointer) is not { } name)
                return false;
            files.Add(new ForeignFile(pointer, name));
            return true;
        });
        if (text.Length == 0 && files.Count > 0)
            text = Image;
        return text.Length == 0 ? node : node with
        {
            Files = files,
            Role = role == "user" ? MessageRole.User : MessageRole.Assistant,
            Text = text,
            Model = metadata.TextIn("model_slug"),
            CreatedAt = message.TimeIn("create_time", now),
            FinishReason = message.TextIn("status") == "in_progress" ? FinishReason.Interrupted
                : metadata.ObjectIn("finish_details")?.TextIn("type") switch
                {
                    "max_tokens" => FinishReason.Length,
                    "interrupted" => FinishReason.Stopped,
                    _ => FinishReason.Completed,
                },
        };
    }

    /// <summary>What a model says to a tool, and what the tool answers: without Markdown of our own.</summary>
    private static string Said(JsonElement content, string kind, ImportRemarks remarks) =>
        kind is "text" or "multimodal_text" ? Text(content, kind, remarks)
        : content.TextIn("text") ?? content.TextIn("result") ?? "";

    /// <param name="content">What the message says.</param>
    /// <param name="kind">Of the content.</param>
    /// <param name="remarks">What is left out.</param>
    /// <param name="takes">Takes an image by its pointer; false: it is not there.</param>
    private static string Text(JsonElement content, string kind, ImportRemarks remarks, Func<string, bool>? takes = null)
    {
        switch (kind)
        {
            case "code":
                var language = content.TextIn("language") is { } name and not "unknown" ? name : "";
                return content.TextIn("text") is { Length: > 0 } code ? Markdown.Block(code, language) : "";
            case "text" or "multimodal_text":
                return string.Join(
                    '\n', content.ItemsIn("parts").Select(part => Part(part, remarks, takes)).Where(part => part.Length > 0));
            default:
                remarks.Add(ImportRemarkKind.UnknownPart, kind);
                return content.TextIn("text") ?? "";
        }
    }

    private static string Part(JsonElement part, ImportRemarks remarks, Func<string, bool>? takes)
    {
        if (part.AsText() is { } text)
            return text;
        switch (part.TextIn("content_type"))
        {
            case "image_asset_pointer" when part.TextIn("asset_pointer") is { } pointer && takes?.Invoke(pointer) == true:
                return "";
            case "image_asset_pointer":
                remarks.Add(ImportRemarkKind.Image);
                return Image;
            case "audio_transcription":
                return part.TextIn("text") ?? "";
            case "audio_asset_pointer" or "real_time_user_audio_video_asset_pointer" or "video_container_asset_pointer":
                remarks.Add(ImportRemarkKind.File);
                return "";
            case var kind:
                remarks.Add(ImportRemarkKind.UnknownPart, kind ?? "");
                return "";
        }
    }

    private static string? Thoughts(JsonElement content)
    {
        var all = new StringBuilder();
        foreach (var thought in content.ItemsIn("thoughts"))
        {
            foreach (var text in new[] { thought.TextIn("summary"), thought.TextIn("content") })
            {
                if (text is { Length: > 0 })
                    all.Append(all.Length > 0 ? "\n\n" : "").Append(text);
            }
        }
        return all.Length > 0 ? all.ToString() : null;
    }
}
