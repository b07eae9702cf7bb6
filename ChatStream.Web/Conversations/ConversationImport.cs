using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>
/// A conversation that was checked and can be imported. All its ids are new, because the old ones may still be in use. It is
/// read twice, so that one that is refused costs no write.
/// </summary>
internal sealed class ConversationImport
{
    public const int MostMessages = 10_000;

    /// <summary>Bytes that a message takes besides its texts, about.</summary>
    public const int RowBytes = 256;

    /// <summary>Bytes that a call of a tool or a file of a message takes besides its texts, about.</summary>
    private const int PartBytes = 128;

    /// <summary>The highest cost of an answer that is believed, in any currency.</summary>
    private const decimal MostCost = 1_000_000_000;

    private readonly Owner _owner;
    private readonly Dictionary<string, string> _newIds;

    private ConversationImport(Owner owner, Dictionary<string, string> newIds, Conversation conversation) =>
        (_owner, _newIds, Conversation) = (owner, newIds, conversation);

    /// <summary>The row of the conversation. It belongs to <see cref="Owner.Importing"/>.</summary>
    public Conversation Conversation { get; }

    /// <summary>The summaries, under the new ids of their messages.</summary>
    public IReadOnlyList<SummaryNode> Summaries { get; private init; } = [];

    /// <summary>The folder that it stood in; null: none.</summary>
    public FolderNode? Folder { get; private init; }

    public bool IsPinned { get; private init; }

    /// <summary>The files.</summary>
    public ImportedFiles Files { get; private init; } = new();

    /// <summary>Reads the conversation for the first time, and checks all of it.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not the JSON of a tree.</exception>
    /// <exception cref="RefusedException">400, naming the member at fault.</exception>
    public static ConversationImport Read(Owner owner, ImportSource source, DateTimeOffset now)
    {
        var newIds = new Dictionary<string, string>(StringComparer.Ordinal);
        var (bytes, files) = (0L, new ImportedFiles());
        var tree = source(node =>
        {
            if (newIds.Count == MostMessages)
                throw NumberOfMessages();
            Check(node, $"messages[{newIds.Count}]", newIds);
            newIds.Add(node!.Id, Ids.New());
            bytes += RowBytes + PartBytes * ((node.Tools?.Count ?? 0) + (node.Files?.Count ?? 0))
                + TextsOf(node).Sum(text => Encoding.UTF8.GetByteCount(text.Text ?? ""));
        }, files.Check, withContents: false);
        if (newIds.Count == 0)
            throw NumberOfMessages();
        if (!VisibleText.IsIn(tree.Title) || tree.Title.Length > Titles.Longest || HasNul(tree.Title))
            throw new RefusedException(400, "title", Titles.Rule);
        if (!newIds.TryGetValue(tree.LeafId, out var leafId))
            throw new RefusedException(400, "leafId", "No message has this id.");
        CheckManner(tree);
        FolderStore.Check(tree.Folder);
        var summaries = SummariesOf(tree, newIds);
        return new ConversationImport(owner, newIds, new Conversation
        {
            Id = Ids.New(),
            OwnerId = Owner.Importing.Id,
            Title = tree.Title,
            LeafId = leafId,
            CreatedAt = tree.CreatedAt,
            UpdatedAt = tree.UpdatedAt,
            ImportedAt = now,
            Bytes = bytes + Encoding.UTF8.GetByteCount(tree.SystemPrompt ?? "")
                + summaries.Sum(summary => RowBytes + Encoding.UTF8.GetByteCount(summary.Text)),
            Preset = tree.Preset,
            Effort = tree.Effort,
            Verbosity = tree.Verbosity,
            SystemPrompt = tree.SystemPrompt,
        })
        {
            Folder = tree.Folder,
            IsPinned = tree.Pinned == true,
            Summaries = summaries,
            Files = files,
        };
    }

    /// <summary>Reads it again, and stores the files that have a content.</summary>
    public void ReadFiles(ImportSource source, Func<string, byte[], ImportedFile?> store)
    {
        var number = 0;
        source(_ => { }, file => Files.Store(file!, number++, store), withContents: true);
    }

    /// <summary>Reads it again, and hands on each message with its search terms.</summary>
    /// <param name="source">What was checked.</param>
    /// <param name="tokens">Counts the tokens of each text.</param>
    /// <param name="processor">Held while tokens are counted and terms computed.</param>
    /// <param name="each">Gets each message, its terms and its files.</param>
    public void ReadMessages(
        ImportSource source, TokenCounter tokens, Lock processor,
        Action<Message, IReadOnlyCollection<string>, IReadOnlyList<MessageFile>> each)
    {
        // Of answers: what continues one may begin within a word.
        var lastWords = new Dictionary<string, string>(StringComparer.Ordinal);
        source(node =>
        {
            Message message;
            IReadOnlyCollection<string> terms;
            lock (processor)
            {
                message = ToMessage(node!, _newIds, Conversation.Id, _owner, tokens);
                message.Tokens += Files.TokensOf(node!);
                message.Tools = [.. message.Tools.Select((call, i) => call with { Files = Files.IdsOf(node!, node!.Tools![i]) })];
                var isAnswer = message.Role == MessageRole.Assistant;
                var before = isAnswer && message.ParentId is { } parent ? lastWords.GetValueOrDefault(parent, "") : "";
                terms = SearchTerms.Of(message.Text, before);
                if (isAnswer)
                    lastWords[message.Id] = SearchTerms.LastWord(before + message.Text);
            }
            each(message, terms, Files.Of(node!, message));
        }, _ => { }, withContents: false);
    }

    private static RefusedException NumberOfMessages() =>
        new(400, "messages", $"A conversation must have 1 to {MostMessages} messages.");

    private static void Check(MessageNode? node, string at, Dictionary<string, string> earlier)
    {
        if (node is null)
            throw new RefusedException(400, at, "A message must be an object.");
        if (earlier.ContainsKey(node.Id))
            throw new RefusedException(400, $"{at}.id", "Another message has this id already.");
        // Parents must come before their children. So there can be no circle.
        if (node.ParentId is not null && !earlier.ContainsKey(node.ParentId))
            throw new RefusedException(400, $"{at}.parentId", "No message before this one has this id.");
        if (node.ParentId is null && node.Role == MessageRole.Assistant)
            throw new RefusedException(400, $"{at}.parentId", "An answer must have a parent.");
        if (node.Role == MessageRole.User && MemberOfAnswer(node) is { } stray)
            throw new RefusedException(400, $"{at}.{stray}", "Only an answer has this.");
        if (node.Failure?.Categories?.Any(category => !IsName(category)) == true)
            throw new RefusedException(
                400, $"{at}.failure.categories", "A category must be a name without a comma and an equals sign.");
        if (node.Failure?.Severities?.Any(severity => !IsName(severity.Key) || !IsName(severity.Value)) == true)
            throw new RefusedException(
                400, $"{at}.failure.severities", "A severity must be a word without a comma and an equals sign.");
        if (node.Usage?.Cost is { } cost && !(cost.Amount is >= 0 and <= MostCost && IsCurrency(cost.Currency)))
            throw new RefusedException(
                400, $"{at}.usage.cost", "A cost must have an amount that is not negative, and a currency of three letters.");
        ImportedCalls.Check(node, at);
        ImportedFiles.Check(node, at);
        // PostgreSQL cannot store NUL.
        foreach (var (member, text) in TextsOf(node))
        {
            if (HasNul(text))
                throw new RefusedException(400, $"{at}.{member}", "The text must not have a NUL character.");
        }
    }

    // A preset or an effort that is not configured here is kept, as the name of a model is.
    private static void CheckManner(ImportedTree tree)
    {
        (string Member, string? Text, int Longest)[] members =
        [
            ("preset", tree.Preset, Manner.LongestName), ("effort", tree.Effort, Manner.LongestName),
            ("verbosity", tree.Verbosity, Manner.LongestName), ("systemPrompt", tree.SystemPrompt, Manner.LongestSystemPrompt),
        ];
        foreach (var (member, text, longest) in members)
        {
            if (text is { Length: 0 } || text?.Length > longest)
                throw new RefusedException(400, member, $"The text must have 1 to {longest} characters.");
            if (HasNul(text))
                throw new RefusedException(400, member, "The text must not have a NUL character.");
        }
        if (tree.Verbosity is { } verbosity && !Verbosity.IsKnown(verbosity))
            throw new RefusedException(400, "verbosity", $"A verbosity is {Verbosity.Choices}.");
    }

    private static List<SummaryNode> SummariesOf(ImportedTree tree, Dictionary<string, string> newIds)
    {
        var summaries = new List<SummaryNode>();
        var covered = new HashSet<string>(StringComparer.Ordinal);
        if (tree.Summaries?.Count > SummaryNode.Most)
            throw new RefusedException(400, "summaries", $"A conversation has at most {SummaryNode.Most} summaries.");
        foreach (var (i, summary) in (tree.Summaries ?? []).Index())
        {
            if (summary is null)
                throw new RefusedException(400, $"summaries[{i}]", "A summary must be an object.");
            if (!newIds.TryGetValue(summary.MessageId, out var messageId))
                throw new RefusedException(400, $"summaries[{i}].messageId", "No message has this id.");
            if (!covered.Add(summary.MessageId))
                throw new RefusedException(400, $"summaries[{i}].messageId", "Another summary has this message already.");
            if (SummaryStore.Fault(summary.Text) is { } fault)
                throw new RefusedException(400, $"summaries[{i}].text", fault);
            summaries.Add(summary with { MessageId = messageId });
        }
        return summaries;
    }

    private static string? MemberOfAnswer(MessageNode node) =>
        node.FinishReason is not null ? "finishReason" : node.Failure is not null ? "failure"
        : node.Usage is not null ? "usage" : node.Model is not null ? "model" : node.Effort is not null ? "effort"
        : node.Deployment is not null ? "deployment" : node.AnsweredModel is not null ? "answeredModel"
        : node.Reasoning is not null ? "reasoning" : node.Tools is not null ? "tools" : null;

    private static IEnumerable<(string Member, string? Text)> TextsOf(MessageNode node) =>
    [
        ("text", node.Text), ("reasoning", node.Reasoning), ("model", node.Model), ("effort", node.Effort),
        ("deployment", node.Deployment), ("answeredModel", node.AnsweredModel), ("failure.message", node.Failure?.Message),
        .. node.Tools?.SelectMany(ImportedCalls.TextsOf) ?? [],
        .. node.Failure?.Categories?.Select(category => ("failure.categories", (string?)category)) ?? [],
        .. node.Failure?.Severities?.Select(severity => ("failure.severities", (string?)severity.Value)) ?? [],
    ];

    private static bool IsCurrency(string? currency) => currency is { Length: 3 } && currency.All(char.IsAsciiLetterUpper);

    private static bool IsName(string? name) => name is { Length: > 0 } && name.AsSpan().IndexOfAny(',', '=') < 0;

    private static bool HasNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;

    private static Message ToMessage(
        MessageNode node, Dictionary<string, string> newIds, string conversationId, Owner owner, TokenCounter tokens)
    {
        var isAnswer = node.Role == MessageRole.Assistant;
        var (id, calls) = (newIds[node.Id], node.Tools ?? []);
        var toolTokens = calls.Sum(call => tokens.Count($"{call.Name} {call.Arguments}") + tokens.Count(call.Result ?? ""));
        return new Message
        {
            Id = id,
            ConversationId = conversationId,
            OwnerId = owner.Id,
            ParentId = node.ParentId is { } parent ? newIds[parent] : null,
            Role = node.Role,
            Text = node.Text,
            Reasoning = isAnswer ? node.Reasoning : null,
            Tokens = tokens.Count(node.Text) + toolTokens,
            ToolTokens = toolTokens,
            Tools = [.. calls.Select((call, i) => ImportedCalls.ToStored(call, i, id, conversationId, owner))],
            CreatedAt = node.CreatedAt,
            Model = isAnswer ? node.Model ?? "" : null,
            Effort = isAnswer ? node.Effort : null,
            Deployment = isAnswer ? node.Deployment : null,
            AnsweredModel = isAnswer ? node.AnsweredModel : null,
            // It was exported while it ran, and here no generation goes on with it.
            FinishReason = isAnswer ? node.FinishReason ?? FinishReason.Interrupted : null,
            FailureCode = isAnswer ? node.Failure?.Code : null,
            FailureMessage = isAnswer ? node.Failure?.Message : null,
            FailureCategories = isAnswer ? FailedCategories.Join(node.Failure) : null,
            FailureOf = isAnswer ? node.Failure?.Of : null,
            IsWithdrawn = isAnswer && node.Failure?.Withdrawn == true,
            RetryAfter = isAnswer ? node.Failure?.RetryAfter : null,
            InputTokens = isAnswer ? node.Usage?.InputTokens : null,
            OutputTokens = isAnswer ? node.Usage?.OutputTokens : null,
            ReasoningTokens = isAnswer ? node.Usage?.ReasoningTokens : null,
            CachedTokens = isAnswer ? node.Usage?.CachedTokens : null,
            IsUsageEstimated = isAnswer && node.Usage?.Estimated == true,
            Cost = isAnswer ? node.Usage?.Cost?.Amount : null,
            Currency = isAnswer ? node.Usage?.Cost?.Currency : null,
            EndedAt = isAnswer ? node.EndedAt ?? node.CreatedAt : null,
        };
    }
}
