using System.Data.Common;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Answers.Starting;

/// <summary>
/// Stores a start in one transaction: the message, the empty answer, and the key by which a repeat is recognised.
/// </summary>
internal sealed class StartStore(IChatDatabase database, Manners manners, Instance instance, TimeProvider time)
{
    private const string NewConversation = """
        INSERT INTO "Conversations"
            ("Id", "OwnerId", "Title", "HasFirstWords", "IsTemporary", "FolderId", "LeafId", "CreatedAt", "UpdatedAt")
        VALUES (@conversation, @owner, @title, NOT @temporary, @temporary, @folder, @answer, @now, @now);
        """;

    private const string KnownConversation = """
        UPDATE "Conversations" SET "LeafId" = @answer, "UpdatedAt" = @now WHERE "Id" = @conversation AND "OwnerId" = @owner;
        """;

    private const string NewManner = """
        UPDATE "Conversations" SET "Preset" = @preset, "Effort" = @chosenEffort, "Verbosity" = @verbosity,
            "SystemPrompt" = @systemPrompt, "SystemPromptTokens" = @systemPromptTokens
        WHERE "Id" = @conversation AND "OwnerId" = @owner;
        """;

    private const string Question = """
        INSERT INTO "Messages" ("Id", "ConversationId", "OwnerId", "ParentId", "Role", "Text", "Tokens", "PathTokens", "CreatedAt")
        VALUES (@answered, @conversation, @owner, @parent, 'User', @text, @tokens, @before + @tokens, @now);
        """;

    private const string Answer = """
        INSERT INTO "Messages"
            ("Id", "ConversationId", "OwnerId", "ParentId", "Role", "Text", "Tokens", "Model", "Effort", "InstanceId", "Frames",
            "CreatedAt")
        VALUES (@answer, @conversation, @owner, @answered, 'Assistant', '', 0, @model, @effort, @instance, @frames, @now);
        """;

    // First it deletes the row of this key that has expired, is free again or is replaced by this start, and all rows older than
    // a day. It never deletes a row that was not seen: that one belongs to a concurrent start, which was first.
    // A row outlives its conversation, so that a repeat after the deletion starts nothing.
    private const string Earlier = """
        SELECT k."GenerationId", k."BodyHash", COALESCE(m."FinishReason" = 'Failed' AND m."Text" = '', FALSE), c."Id" IS NULL
        FROM "StartKeys" AS k
        LEFT JOIN "Messages" AS m ON m."Id" = k."GenerationId"
        LEFT JOIN "Conversations" AS c ON c."Id" = m."ConversationId" AND c."OwnerId" = @owner
        WHERE k."OwnerId" = @owner AND k."Key" = @key AND k."CreatedAt" > @since
        """;

    // An update, because that locks the row on every database. So a start that comes at the same time waits, and then finds this
    // one's answer as the leaf.
    private const string LockedConversation = """
        UPDATE "Conversations" SET "LeafId" = "LeafId" WHERE "Id" = @id AND "OwnerId" = @owner
        RETURNING "Id", "Title", "LeafId", "Preset", "Effort", "Verbosity", "SystemPrompt", "SystemPromptTokens",
            EXISTS (SELECT 1 FROM "Summaries" AS s WHERE s."ConversationId" = @id), "IsTemporary",
            EXISTS (SELECT 1 FROM "MessageFiles" AS f WHERE f."ConversationId" = @id),
            EXISTS (SELECT 1 FROM "ToolCalls" AS t WHERE t."ConversationId" = @id),
            (SELECT i."Instructions" FROM "Folders" AS i WHERE i."Id" = "FolderId" AND i."OwnerId" = @owner),
            (SELECT i."InstructionTokens" FROM "Folders" AS i WHERE i."Id" = "FolderId" AND i."OwnerId" = @owner)
        """;

    private const string Key = """
        DELETE FROM "StartKeys" WHERE "OwnerId" = @owner
            AND (("Key" = @key AND ("CreatedAt" <= @expired OR "GenerationId" = @replaced)) OR "CreatedAt" < @dayAgo);
        INSERT INTO "StartKeys" ("OwnerId", "Key", "BodyHash", "GenerationId", "CreatedAt")
        VALUES (@owner, @key, @bodyHash, @answer, @now);
        """;

    private const string LastModel = """
        SELECT COALESCE(
            (SELECT m."Model" FROM "Messages" AS m WHERE m."Id" = @parent AND m."OwnerId" = @owner),
            (SELECT m."Model" FROM "Conversations" AS c JOIN "Messages" AS m ON m."Id" = c."LeafId"
            WHERE c."OwnerId" = @owner AND c."Id" IN (@id, @parent,
                (SELECT p."ConversationId" FROM "Messages" AS p WHERE p."Id" = @parent AND p."OwnerId" = @owner)) LIMIT 1))
        """;

    // Joined once: for each start, that would allocate a kilobyte. The bits: the conversation is new, there
    // is a question, there is a key, the manner changes.
    private static readonly string[] Inserts =
    [
        .. Enumerable.Range(0, 16).Select(bits => ((bits & 1) == 0 ? KnownConversation : NewConversation)
            + ((bits & 2) == 0 ? "" : Question) + Answer + ((bits & 4) == 0 ? "" : Key) + ((bits & 8) == 0 ? "" : NewManner)),
    ];

    /// <summary>
    /// Stores the message and the empty answer to it, or finds the generation that an earlier start with this key began.
    /// </summary>
    /// <exception cref="RefusedException">
    /// The conversation or parent is unknown, the parent still runs, the key came with another body, or its conversation was
    /// deleted.
    /// </exception>
    public Task<StartOutcome> StartAsync(Owner owner, StartCommand command)
    {
        // Taken apart before the transaction, for which all writers wait.
        var title = command.Request.Temporary == true ? "" : Titles.FirstWords(command.Request.Message ?? "");
        var (titleTerms, messageTerms) = (SearchTerms.Of(title), SearchTerms.Of(command.Request.Message ?? ""));
        _ = manners.RoomFor(command.Model); // counts the system prompt, with the first start
        return database.WriteAsync(owner, db => StartAsync(db, owner, command, title, titleTerms, messageTerms));
    }

    /// <summary>
    /// The generation that an earlier start with this key began, as long as the key is kept; null: there is none, or it failed
    /// without a word and the key is free again.
    /// </summary>
    /// <exception cref="RefusedException">422: the key came with another body; 410: its conversation was deleted.</exception>
    public async Task<string?> FindAsync(Owner owner, RepeatKey key, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(db, key, cancellationToken) is { IsFree: false } earlier ? earlier.GenerationId : null;
    }

    /// <summary>
    /// The model that the conversation of a start was with last: that of the answer that it follows, or of the last message of
    /// the path last shown. Null: there is none, or the start begins a conversation.
    /// </summary>
    public async Task<string?> LastModelAsync(Owner owner, StartRequest request, CancellationToken cancellationToken)
    {
        var (conversation, parent) = (request.ConversationId ?? "", request.ParentId ?? "");
        // PostgreSQL refuses a parameter that has a NUL in it. Such an id is refused as unknown.
        if (conversation.Length + parent.Length == 0 || $"{conversation}{parent}".Contains('\0', StringComparison.Ordinal))
            return null;
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        return await db.Command(LastModel).With("@id", conversation).With("@parent", parent)
            .ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Removes the key of a start, unless a later start has taken it over.</summary>
    public Task ForgetAsync(Owner owner, RepeatKey key, string generationId) => database.WriteAsync(
        owner,
        db => db.StartKeys.Where(k => k.Key == key.Key && k.GenerationId == generationId)
            .ExecuteDeleteAsync(CancellationToken.None));

    private async Task<StartOutcome> StartAsync(
        ChatDbContext db, Owner owner, StartCommand command, string newTitle,
        IReadOnlyCollection<string> titleTerms, IReadOnlyCollection<string> messageTerms)
    {
        var earlier = command.Key is { } key ? await FindAsync(db, key, CancellationToken.None) : null;
        if (earlier is { IsFree: false } && earlier.GenerationId != command.Replaces)
            return new StartOutcome(earlier.GenerationId, New: null);

        var (request, now, own) = (command.Request, time.GetUtcNow(), instance.Id);
        var (conversation, parent) = await LocateAsync(db, request);
        var changes = !command.Manner.IsEmpty;
        var before = conversation?.Manner
            ?? (request.FolderId is null ? Manner.None : await MannerOfFolderAsync(db, request.FolderId));
        var manner = command.Manner.ApplyTo(before);
        var promptTokens = command.Manner.SystemPrompt is not null ? command.SystemPromptTokens
            : conversation?.SystemPromptTokens ?? 0;
        var asked = manners.For(command.Model, manner, promptTokens);
        Refuse(request, parent, asked.Room);
        if (command.Tokens > asked.Room)
        {
            throw request.Files is { Count: > 0 }
                ? StartFiles.TooLong(command.Tokens, asked.Room) : StartCheck.TooLong("message", command.Tokens, asked.Room);
        }
        if (request.Message is null && parent!.HasImages && !command.SeesImages)
            throw StartFiles.Blind("model");

        var isNew = conversation is null;
        var isTemporary = conversation?.IsTemporary ?? request.Temporary == true;
        if (request.Temporary == true && !isTemporary)
        {
            throw new RefusedException(
                400, "temporary", "Only a new conversation can be temporary. This one is kept.", "not_temporary");
        }
        var (conversationId, title) = conversation is { } known ? (known.Id, known.Title) : (Ids.New(), newTitle);
        var answeredId = request.Message is null ? parent!.Id : Ids.New();
        var insert = db.Command(Inserts[(isNew ? 1 : 0) | (request.Message is null ? 0 : 2) | (command.Key is null ? 0 : 4)
                | (changes ? 8 : 0)])
            .With("@conversation", conversationId).With("@title", title).With("@temporary", isTemporary)
            .With("@folder", request.FolderId)
            .With("@answered", answeredId).With("@parent", parent?.Id)
            .With("@text", request.Message).With("@tokens", command.Tokens)
            .With("@before", parent?.PathTokens ?? 0)
            .With("@answer", command.GenerationId).With("@model", command.Model).With("@effort", asked.Effort)
            .With("@instance", own).With("@frames", command.IsShownAfterCommit ? "" : null).With("@now", now);
        if (command.Key is { } stored)
        {
            insert.With("@key", stored.Key).With("@bodyHash", stored.BodyHash).With("@replaced", earlier?.GenerationId)
                .With("@expired", now - stored.KeptFor).With("@dayAgo", now - TimeSpan.FromHours(24));
        }
        if (changes)
        {
            insert.With("@preset", manner.Preset).With("@chosenEffort", manner.Effort).With("@verbosity", manner.Verbosity)
                .With("@systemPrompt", manner.SystemPrompt).With("@systemPromptTokens", promptTokens);
        }
        await insert.ExecuteNonQueryAsync();
        if (request.Files is { Count: > 0 } files)
            await StartFiles.AddAsync(db, conversationId, answeredId, files, now);
        if (isNew && !isTemporary)
            await db.IndexSoonAsync(owner.Id, conversationId, messageId: null, titleTerms);
        if (request.Message is not null && !isTemporary)
            await db.IndexSoonAsync(owner.Id, conversationId, answeredId, messageTerms);

        return new StartOutcome(command.GenerationId, new StartPayload(
            command.GenerationId, conversationId, command.GenerationId, answeredId, command.Model, title),
            asked, conversation?.HasSummaries == true, conversation?.HasFiles == true || request.Files is { Count: > 0 },
            conversation?.HasTools == true)
        {
            InstanceId = own,
            Context = isNew && request is { Message: { } text, Files: not { Count: > 0 } }
                ? new PromptContext([new ContextTurn(MessageRole.User, text)], IsContinuation: false, command.Tokens) : null,
        };
    }

    private async Task<EarlierStart?> FindAsync(ChatDbContext db, RepeatKey key, CancellationToken cancellationToken)
    {
        var find = db.Command(Earlier).With("@key", key.Key).With("@since", time.GetUtcNow() - key.KeptFor);
        var earlier = await FirstAsync(
            find,
            row => new EarlierStart(
                row.GetString(0), row.GetFieldValue<byte[]>(1),
                HasFailedWithoutAWord: row.GetBoolean(2), IsDeleted: row.GetBoolean(3), key.IsIdenticalRequest),
            cancellationToken);
        if (earlier is null or { IsFree: true })
            return earlier;
        if (!earlier.BodyHash.AsSpan().SequenceEqual(key.BodyHash))
            throw new RefusedException(422, key.Header, "This key was used before, for a request with another body.");
        if (earlier.IsDeleted)
            throw new RefusedException(410, key.Header, "The conversation that this key started was deleted.", "gone");
        return earlier;
    }

    private static async Task<(Place? Conversation, Parent? Parent)> LocateAsync(ChatDbContext db, StartRequest request)
    {
        var (conversationId, parentId) = (request.ConversationId, request.ParentId);
        Parent? parent = null;
        if (parentId is not null && parentId != conversationId)
        {
            parent = await FindParentAsync(db, parentId);
            if (parent is null && conversationId is null)
                conversationId = parentId; // a conversation's own id stands for its root
            else if (parent is null || (conversationId is not null && conversationId != parent.ConversationId))
                throw new RefusedException(404, "parentId", "There is no such message in this conversation.", "unknown_message");
            else
                conversationId = parent.ConversationId;
        }
        if (conversationId is null)
            return (null, null);

        var conversation = await LockConversationAsync(db, conversationId)
            ?? throw (request.ConversationId is null
                ? new RefusedException(404, "parentId", "There is no such message or conversation.", "unknown_message")
                : new RefusedException(404, "conversationId", "There is no such conversation.", "unknown_conversation"));
        if (parentId is null)
            parent = await FindParentAsync(db, conversation.LeafId);
        return (conversation, parent);
    }

    private static Task<Place?> LockConversationAsync(ChatDbContext db, string id) => FirstAsync(
        db.Command(LockedConversation).With("@id", id),
        row => new Place(row.GetString(0), row.GetString(1), row.GetString(2), MannerIn(row), row.GetInt32(7),
            HasSummaries: row.GetBoolean(8), IsTemporary: row.GetBoolean(9), HasFiles: row.GetBoolean(10),
            HasTools: row.GetBoolean(11)),
        CancellationToken.None);

    private static Manner MannerIn(DbDataReader row)
    {
        var own = row.IsDBNull(3) && row.IsDBNull(4) && row.IsDBNull(5) && row.IsDBNull(6) ? Manner.None
            : new Manner(TextIn(row, 3), TextIn(row, 4), TextIn(row, 5), TextIn(row, 6));
        return TextIn(row, 12) is { } folder ? own with { Folder = new FolderInstructions(folder, row.GetInt32(13)) } : own;
    }

    // The folder stays until the start is stored.
    private static async Task<Manner> MannerOfFolderAsync(ChatDbContext db, string folderId)
    {
        await FolderStore.LockAsync(db, folderId);
        return Manner.None with { Folder = await FolderStore.InstructionsAsync(db, folderId, CancellationToken.None) };
    }

    private static string? TextIn(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static Task<Parent?> FindParentAsync(ChatDbContext db, string id) => FirstAsync(
        db.Command("""
            SELECT "Id", "ConversationId", "Role" = 'Assistant', "FinishReason" IS NULL, "Text" <> '' OR "ToolTokens" > 0,
                "Tokens", "PathTokens",
                EXISTS (SELECT 1 FROM "MessageFiles" AS m JOIN "Files" AS f ON f."Id" = m."FileId"
                    WHERE m."MessageId" = @id AND f."Kind" = 'Image')
            FROM "Messages"
            WHERE "Id" = @id AND "OwnerId" = @owner
            """).With("@id", id),
        row => new Parent(row.GetString(0), row.GetString(1), row.GetBoolean(2), HasNoEnd: row.GetBoolean(3),
            HasText: row.GetBoolean(4), Tokens: row.GetInt32(5), PathTokens: row.GetInt64(6), HasImages: row.GetBoolean(7)),
        CancellationToken.None);

    private static async Task<T?> FirstAsync<T>(
        DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? read(rows) : default;
    }

    private static void Refuse(StartRequest request, Parent? parent, int most)
    {
        if (parent is { IsAnswer: true, HasNoEnd: true })
        {
            throw new RefusedException(new Refusal(409, "parentId", "The answer that this would follow is still running.")
            {
                Code = "answer_running",
                GenerationId = parent.Id,
            });
        }
        if (request.Message is not null)
            return;
        if (parent is null || request.ParentId is null)
        {
            throw new RefusedException(
                400, "message", "A message is needed, or the parentId of a message to answer again or to continue.",
                "message_empty");
        }
        if (parent is { IsAnswer: true, HasText: false })
        {
            throw new RefusedException(
                400, "parentId", "This answer has no text to continue. Answer the message before it again instead.",
                "nothing_to_continue");
        }
        if (parent.Tokens > most)
            throw StartCheck.TooLong("parentId", parent.Tokens, most);
    }

    /// <summary>An earlier start with the same key.</summary>
    private sealed record EarlierStart(
        string GenerationId, byte[] BodyHash, bool HasFailedWithoutAWord, bool IsDeleted, bool IsIdenticalRequest)
    {
        /// <summary>
        /// Whether the next start with its key is a new one. A GET without a key asks for an answer that was deleted as if it
        /// had never been asked for.
        /// </summary>
        public bool IsFree => HasFailedWithoutAWord || (IsDeleted && IsIdenticalRequest);
    }

    /// <summary>The conversation that a start continues.</summary>
    private sealed record Place(
        string Id, string Title, string LeafId, Manner Manner, int SystemPromptTokens, bool HasSummaries, bool IsTemporary,
        bool HasFiles, bool HasTools);

    /// <summary>The message that is answered, or the answer that is continued or followed.</summary>
    private sealed record Parent(
        string Id, string ConversationId, bool IsAnswer, bool HasNoEnd, bool HasText, int Tokens, long PathTokens,
        bool HasImages);
}
