using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Prompts;
using ChatStream.Web.Storage;
using ChatStream.Web.Tools.Permissions;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Privacy;

/// <summary>
/// Moves messages in slices, between other writes, and the conversation last: until then no request of the user finds it. The
/// search index has its owner in each term, so each text is indexed anew.
/// </summary>
internal sealed class BrowserMove(IChatDatabase database, IPromptBook book, IPermissions permissions) : IBrowserMove
{
    /// <summary>Messages that are read at once. Each may have 4 MB.</summary>
    private const int MostRead = 8;

    /// <summary>Calls of tools, or entries of the audit log, of one write, for which other writers wait.</summary>
    private const int RowsAtOnce = 100;

    // Who erases everything later is to be erased there, too.
    internal const string MoveAudit = """
        UPDATE "AuditEvents" SET "OwnerId" = @owner
        WHERE "Id" IN (SELECT "Id" FROM "AuditEvents" WHERE "OwnerId" = @browser LIMIT @slice)
        """;

    // A conversation has up to ten thousand messages, each with its calls, and a row with its texts is written anew.
    private const string MoveCalls = """
        UPDATE "ToolCalls" SET "OwnerId" = @owner WHERE "Id" IN (SELECT "Id" FROM "ToolCalls"
            WHERE "ConversationId" = @conversation AND "OwnerId" = @browser LIMIT @slice)
        """;

    private const string MoveMessage = """
        UPDATE "Messages" SET "OwnerId" = @owner WHERE "Id" = @message AND "OwnerId" = @browser
        """;

    private const string RemoveTerms = """
        DELETE FROM "SearchDocuments" WHERE "ConversationId" = @conversation AND "MessageId" = @message
        """;

    /// <summary>The file of the user that has the same content as the browser's: each owner has it once.</summary>
    private const string SameFile = """
        SELECT u."Id" FROM "Files" AS u JOIN "Files" AS b ON b."Hash" = u."Hash"
        WHERE b."Id" = "MessageFiles"."FileId" AND b."OwnerId" = @browser AND u."OwnerId" = @owner
        """;

    /// <summary>Files that are replaced by the same ones of the user. Calls of tools name theirs.</summary>
    private const string ReplacedFiles = """
        SELECT b."Id", u."Id" FROM "Files" AS b JOIN "Files" AS u ON u."Hash" = b."Hash" AND u."OwnerId" = @owner
        WHERE b."OwnerId" = @browser
            AND b."Id" IN (SELECT "FileId" FROM "MessageFiles" WHERE "ConversationId" = @conversation)
        """;

    private const string RenameFile = """
        UPDATE "ToolCalls" SET "Files" = replace("Files", @old, @new)
        WHERE "ConversationId" = @conversation AND "OwnerId" IN (@browser, @owner) AND "Files" IS NOT NULL
        """;

    // In this order, in one transaction.
    private static readonly string[] MoveRest =
    [
        // The user's file was uploaded by the browser, too.
        """
        UPDATE "Files" SET "Uploads" = "Uploads" + (SELECT COUNT(*) FROM "MessageFiles" AS m
            JOIN "Files" AS b ON b."Id" = m."FileId" AND b."OwnerId" = @browser AND b."Hash" = "Files"."Hash"
            WHERE m."ConversationId" = @conversation)
        WHERE "OwnerId" = @owner AND "Hash" IN (SELECT b."Hash" FROM "Files" AS b
            JOIN "MessageFiles" AS m ON m."FileId" = b."Id"
            WHERE m."ConversationId" = @conversation AND b."OwnerId" = @browser)
        """,
        $"""
        UPDATE "MessageFiles" SET "FileId" = ({SameFile}) WHERE "ConversationId" = @conversation AND EXISTS ({SameFile})
        """,
        """
        UPDATE "Files" SET "OwnerId" = @owner WHERE "OwnerId" = @browser
            AND "Id" IN (SELECT "FileId" FROM "MessageFiles" WHERE "ConversationId" = @conversation)
        """,
        .. new[] { "MessageFiles", "ToolCalls", "Summaries", "Shares", "Feedback" }.Select(table =>
            $"""UPDATE "{table}" SET "OwnerId" = @owner WHERE "ConversationId" = @conversation AND "OwnerId" = @browser"""),
    ];

    // Before the conversations, of which each names its folder.
    private const string MoveFolders = """
        UPDATE "Folders" SET "OwnerId" = @owner WHERE "OwnerId" = @browser
        """;

    private const string MovePrompts = """
        UPDATE "Prompts" SET "OwnerId" = @owner WHERE "OwnerId" = @browser
        """;

    // It stays pinned if there is room.
    private const string MoveConversation = """
        UPDATE "Conversations" SET "OwnerId" = @owner, "IsPinned" = "IsPinned" AND @mostPinned > (SELECT COUNT(*)
            FROM "Conversations" AS p WHERE p."OwnerId" = @owner AND p."IsPinned")
        WHERE "Id" = @conversation AND "OwnerId" = @browser
        """;

    private const string CountBoth = """
        SELECT (SELECT COUNT(*) FROM "{0}" WHERE "OwnerId" = @owner), (SELECT COUNT(*) FROM "{0}" WHERE "OwnerId" = @browser)
        """;

    private static readonly string CountPrompts = CountBoth.Replace("{0}", "Prompts", StringComparison.Ordinal);
    private static readonly string CountFolders = CountBoth.Replace("{0}", "Folders", StringComparison.Ordinal);

    /// <inheritdoc/>
    public async Task<BrowserHas> FindAsync(Owner? browser, CancellationToken cancellationToken)
    {
        if (browser is not { } owner)
            return BrowserHas.Nothing;
        await using var db = database.ReadAs(owner);
        return new(
            await db.Conversations.CountAsync(c => !c.IsTemporary, cancellationToken),
            await db.Prompts.CountAsync(cancellationToken),
            await db.Folders.CountAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<int> MoveAsync(Owner browser, Owner user)
    {
        var moved = 0;
        await database.WriteAsync(user, async db =>
        {
            await db.LockOwnerAsync(user);
            // Where there are no prompts for now, those of before go along.
            await RefuseBeyondAsync(
                db, CountPrompts, browser, book.MostPerUser == 0 ? int.MaxValue : book.MostPerUser, "prompts");
            await RefuseBeyondAsync(db, CountFolders, browser, FolderEntry.Most, "folders");
            await db.Command(MovePrompts).With("@browser", browser.Id).ExecuteNonQueryAsync();
            return await db.Command(MoveFolders).With("@browser", browser.Id).ExecuteNonQueryAsync();
        });
        while (await database.WriteAsync(user, db => db.Command(MoveAudit).With("@browser", browser.Id)
            .With("@slice", RowsAtOnce).ExecuteNonQueryAsync()) == RowsAtOnce)
        {
        }
        // They are encrypted for the browser, and of no use to the user, who gives permission anew.
        await permissions.RevokeAllAsync(browser);
        foreach (var (id, title) in await MovableAsync(browser))
        {
            while (await NextAsync(browser, id) is { Count: > 0 } messages)
            {
                foreach (var (messageId, text, before) in messages)
                    await MoveAsync(browser, user, id, messageId, SearchTerms.Of(text, before));
            }
            while (await database.WriteAsync(user, db => db.Command(MoveCalls).With("@conversation", id)
                .With("@browser", browser.Id).With("@slice", RowsAtOnce).ExecuteNonQueryAsync()) == RowsAtOnce)
            {
            }
            var terms = SearchTerms.Of(title);
            moved += await database.WriteAsync(user, async db =>
            {
                await db.LockOwnerAsync(user);
                foreach (var (old, same) in await ReplacedAsync(db, id, browser))
                {
                    await db.Command(RenameFile).With("@conversation", id).With("@browser", browser.Id).With("@old", old)
                        .With("@new", same).ExecuteNonQueryAsync();
                }
                foreach (var sql in MoveRest)
                    await MoveAsync(db, sql);
                await db.ReindexTitleAsync(user.Id, id, terms);
                return await MoveAsync(db, MoveConversation);

                Task<int> MoveAsync(ChatDbContext db, string sql) => db.Command(sql).With("@conversation", id)
                    .With("@browser", browser.Id).With("@mostPinned", ConversationLibrary.MostPinned).ExecuteNonQueryAsync();
            });
        }
        return moved;
    }

    private static async Task<List<(string Old, string Same)>> ReplacedAsync(
        ChatDbContext db, string conversationId, Owner browser)
    {
        var replaced = new List<(string, string)>();
        await using var rows = await db.Command(ReplacedFiles).With("@conversation", conversationId).With("@browser", browser.Id)
            .ExecuteReaderAsync();
        while (await rows.ReadAsync())
            replaced.Add((rows.GetString(0), rows.GetString(1)));
        return replaced;
    }

    private static async Task RefuseBeyondAsync(ChatDbContext db, string count, Owner browser, int most, string what)
    {
        await using var rows = await db.Command(count).With("@browser", browser.Id).ExecuteReaderAsync();
        await rows.ReadAsync();
        var (own, more) = (rows.GetInt64(0), rows.GetInt64(1));
        if (more > 0 && own + more > most)
        {
            throw new RefusedException(
                409, field: null, $"A user has at most {most} {what}. There are {own}, and {more} in this browser. Remove some.",
                $"too_many_{what}", most);
        }
    }

    private Task<int> MoveAsync(
        Owner browser, Owner user, string conversationId, string messageId, IReadOnlyCollection<string> terms) =>
        database.WriteAsync(user, async db =>
        {
            await db.Command(RemoveTerms).With("@conversation", conversationId).With("@message", messageId)
                .ExecuteNonQueryAsync();
            await db.IndexAsync(user.Id, conversationId, messageId, terms);
            return await db.Command(MoveMessage).With("@message", messageId).With("@browser", browser.Id).ExecuteNonQueryAsync();
        });

    private async Task<IReadOnlyList<(string Id, string Title)>> MovableAsync(Owner browser)
    {
        await using var db = database.ReadAs(browser);
        var found = await db.Conversations
            .Where(c => !c.IsTemporary && !db.Messages.Any(
                m => m.ConversationId == c.Id && m.Role == MessageRole.Assistant && m.FinishReason == null))
            .Select(c => new { c.Id, c.Title }).ToListAsync();
        return [.. found.Select(c => (c.Id, c.Title))];
    }

    /// <summary>Some of the messages that are still the browser's, each with the text that it continues.</summary>
    private async Task<IReadOnlyList<(string Id, string Text, string Before)>> NextAsync(Owner browser, string conversationId)
    {
        await using var db = database.ReadAs(browser);
        // What is looked up of the text before ends the filter of the whole query.
        var found = await db.Messages.IgnoreQueryFilters()
            .Where(m => m.OwnerId == browser.Id && m.ConversationId == conversationId).OrderBy(m => m.Id).Take(MostRead)
            .Select(m => new
            {
                m.Id,
                m.Text,
                Before = m.Role == MessageRole.Assistant
                    ? db.Messages.Where(p => p.Id == m.ParentId && p.Role == MessageRole.Assistant)
                        .Select(p => p.Text).FirstOrDefault()
                    : null,
            })
            .ToListAsync();
        return [.. found.Select(m => (m.Id, m.Text, m.Before ?? ""))];
    }
}
