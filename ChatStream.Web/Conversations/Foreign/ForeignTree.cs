using System.Globalization;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>
/// Makes a tree of messages that can be imported from one of another program: parents first, a question before each answer, and
/// each message once. It takes time in proportion to the messages, whatever their parents are.
/// </summary>
internal static class ForeignTree
{
    /// <summary>Stands where an answer has no question.</summary>
    private const string NoQuestion = "…";

    private const int MostFiles = FileNode.Most;

    /// <summary>The tree, its messages, and the files that these name. Null: it has no message.</summary>
    public static (ImportedTree Tree, List<MessageNode> Messages, List<(string Id, ForeignFile File)> Files)? Make(
        ForeignConversation conversation, ImportRemarks remarks, DateTimeOffset now)
    {
        var byId = new Dictionary<string, ForeignMessage>(StringComparer.Ordinal);
        foreach (var message in conversation.Messages)
        {
            if (!byId.TryAdd(message.Id, message))
                remarks.Add(ImportRemarkKind.DuplicateId);
        }
        var walk = new Walk(conversation.CreatedAt ?? conversation.UpdatedAt ?? now);
        var children = byId.Values.Where(message => message.ParentId is not null).ToLookup(
            message => message.ParentId!, StringComparer.Ordinal);
        foreach (var root in byId.Values)
        {
            if (root.ParentId is not null && byId.ContainsKey(root.ParentId))
                continue;
            if (root is { ParentId: not null, Role: not null })
                remarks.Add(ImportRemarkKind.MissingParent);
            walk.Add(root, under: null);
        }
        while (walk.Next() is { } place)
        {
            foreach (var child in children[place.Id])
                walk.Add(child, place);
        }
        remarks.Add(ImportRemarkKind.Cycle, count: byId.Count - walk.Seen);
        remarks.Add(ImportRemarkKind.ToolCall, count: walk.CallsWithoutAnswer);
        if (walk.Messages.Count == 0)
            return null;

        var leafId = conversation.CurrentId is { } current ? walk.KeptAt(current) : null;
        var title = TitleOf(conversation.Title, walk.Messages);
        var createdAt = walk.Messages.Min(message => message.CreatedAt);
        var updatedAt = conversation.UpdatedAt ?? walk.Messages.Max(message => message.CreatedAt);
        var prompt = conversation.SystemPrompt is { Length: > 0 and <= Manner.LongestSystemPrompt } text && VisibleText.IsIn(text)
            ? text : null;
        if (prompt is null && conversation.SystemPrompt is { Length: > Manner.LongestSystemPrompt })
            remarks.Add(ImportRemarkKind.Hidden);
        return (new ImportedTree
        {
            Id = "",
            Title = title,
            LeafId = leafId ?? walk.NewestLeaf,
            CreatedAt = conversation.CreatedAt ?? createdAt,
            UpdatedAt = updatedAt,
            SystemPrompt = prompt,
            Pinned = conversation.IsPinned && !conversation.IsArchived,
            Folder = conversation.IsArchived ? new FolderNode { Id = FolderEntry.Archive, Name = "" } : null,
            Messages = new ImportedList<MessageNode>(_ => { }),
        }, walk.Messages, walk.Files);
    }

    private static string TitleOf(string? title, List<MessageNode> messages)
    {
        var words = title is not null && VisibleText.IsIn(title) ? title.Trim()
            : messages.Select(message => Titles.FirstWords(message.Text)).FirstOrDefault(first => first.Length > 0) ?? NoQuestion;
        return words.Length <= Titles.Longest ? words
            : words[..(char.IsHighSurrogate(words[Titles.Longest - 1]) ? Titles.Longest - 1 : Titles.Longest)];
    }

    /// <summary>From the roots on, level by level.</summary>
    private sealed class Walk(DateTimeOffset earliest)
    {
        private readonly Queue<Place> _next = new();
        private readonly Dictionary<string, string?> _keptAt = new(StringComparer.Ordinal);
        private readonly HashSet<string> _parents = new(StringComparer.Ordinal);

        /// <summary>The messages that are kept, parents first.</summary>
        public List<MessageNode> Messages { get; } = [];

        /// <summary>The files that their messages name.</summary>
        public List<(string Id, ForeignFile File)> Files { get; } = [];

        /// <summary>How many messages it came to.</summary>
        public int Seen => _keptAt.Count;

        /// <summary>How many calls of tools no answer has followed.</summary>
        public int CallsWithoutAnswer { get; private set; }

        public string NewestLeaf =>
            Messages.Where(message => !_parents.Contains(message.Id)).MaxBy(message => message.CreatedAt)!.Id;

        public Place? Next() => _next.TryDequeue(out var place) ? place : null;

        /// <summary>The message that is kept at this place, or the nearest one before it; null: there is none.</summary>
        public string? KeptAt(string id) => _keptAt.GetValueOrDefault(id);

        public void Add(ForeignMessage message, Place? under)
        {
            var place = new Place(message.Id) { Kept = under?.Kept };
            if (message.Role != MessageRole.User)
                place.Take(under);
            if (message.Reasoning is not null)
                (place.Reasoning ??= []).Add(message.Reasoning);
            CallsWithoutAnswer += place.Add(message.Calls, message.Result);
            if (message.Role is { } role)
            {
                if (place.Kept is null && role == MessageRole.Assistant)
                    place.Kept = Keep(new ForeignMessage("", null) { Text = NoQuestion }, MessageRole.User, null, new Place(""));
                place.Kept = Keep(message, role, place.Kept, place);
                if (role == MessageRole.Assistant)
                    CallsWithoutAnswer -= place.Calls?.Count ?? 0;
                (place.Reasoning, place.Calls) = (null, null);
            }
            _keptAt[message.Id] = place.Kept?.Id;
            _next.Enqueue(place);
        }

        private FileEntry Take(ForeignFile file)
        {
            var id = Files.Count.ToString(CultureInfo.InvariantCulture);
            Files.Add((id, file));
            return new FileEntry(id, file.Name, FileKind.Image, "", 0);
        }

        private MessageNode Keep(ForeignMessage message, MessageRole role, MessageNode? parent, Place before)
        {
            var isAnswer = role == MessageRole.Assistant;
            // What continues an answer is one text with it. In the other program it was a message of its own.
            var gap = isAnswer && message.Text.Length > 0 && parent is { Role: MessageRole.Assistant, Text.Length: > 0 }
                ? "\n\n" : "";
            var text = gap + message.Text;
            var node = new MessageNode
            {
                // Its own may be empty, or have any length.
                Id = Messages.Count.ToString(CultureInfo.InvariantCulture),
                ParentId = parent?.Id,
                Role = role,
                Text = text,
                Reasoning = isAnswer && before.Reasoning is { } thoughts ? string.Join("\n\n", thoughts) : null,
                Tools = isAnswer && before.Calls is { } calls ? [.. calls.Select(call => call.ToPayload(gap.Length))] : null,
                Model = isAnswer ? message.Model : null,
                FinishReason = isAnswer ? message.FinishReason : null,
                // Siblings are shown in the order of their times.
                CreatedAt = message.CreatedAt ?? (parent?.CreatedAt ?? earliest).AddMilliseconds(1 + (Messages.Count % 100)),
            };
            if (parent is not null)
                _parents.Add(parent.Id);
            if (!isAnswer && message.Files.Count > 0)
                node = node with { Files = [.. message.Files.Take(MostFiles - Files.Count).Select(Take)] };
            Messages.Add(node);
            return node;
        }
    }

    /// <summary>A message whose children come next.</summary>
    private sealed class Place(string id)
    {
        public string Id => id;

        /// <summary>The parent that they get; null: they are roots.</summary>
        public MessageNode? Kept { get; set; }

        /// <summary>
        /// What goes before the next answer. The first child takes it: the reasoning of many children must not be many times
        /// what the file has.
        /// </summary>
        public List<string>? Reasoning { get; set; }

        /// <inheritdoc cref="Reasoning"/>
        public List<ForeignCall>? Calls { get; set; }

        public void Take(Place? before)
        {
            (Reasoning, Calls) = (before?.Reasoning, before?.Calls);
            if (before is not null)
                (before.Reasoning, before.Calls) = (null, null);
        }

        /// <summary>Adds calls, and a result to the last call of its tool that has none.</summary>
        /// <returns>How many calls it has now more, those that are too many included.</returns>
        public int Add(IReadOnlyList<ForeignCall> calls, ForeignResult? result)
        {
            var count = calls.Count;
            if (count > 0)
                (Calls ??= []).AddRange(calls.Take(ForeignCall.Most - Calls.Count));
            if (result is null)
                return count;
            var at = Calls?.FindLastIndex(call => call.Result is null && result.IsOf(call)) ?? -1;
            if (at >= 0)
            {
                Calls![at] = Calls[at] with { Result = result.Text };
                return count;
            }
            // Some tools say something in several messages, or without a call that was exported.
            return count + Add([new ForeignCall(result.Name, "", result.Text)], result: null);
        }
    }
}
