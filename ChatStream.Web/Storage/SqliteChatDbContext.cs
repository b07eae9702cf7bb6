using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using SQLitePCL;

namespace ChatStream.Web.Storage;

internal sealed class SqliteChatDbContext(DbContextOptions<SqliteChatDbContext> options) : ChatDbContext(options)
{
    /// <summary>
    /// The search index, in the migrations because the EF model does not have it. <c>SearchDocuments</c> says which text an FTS5
    /// row belongs to, and a trigger deletes the two together. The <c>ascii</c> tokenizer takes every character beyond ASCII for
    /// a letter, so it never splits a term, combining marks and the newest characters included.
    /// </summary>
    public const string CreateSearch = """
        CREATE TABLE "SearchDocuments" (
            "Id" INTEGER PRIMARY KEY,
            "OwnerId" TEXT NOT NULL,
            "ConversationId" TEXT NOT NULL REFERENCES "Conversations" ("Id") ON DELETE CASCADE,
            "MessageId" TEXT NULL);
        CREATE INDEX "IX_SearchDocuments_ConversationId" ON "SearchDocuments" ("ConversationId", "MessageId");
        CREATE VIRTUAL TABLE "SearchIndex" USING fts5(terms, content='', contentless_delete=1, tokenize='ascii');
        CREATE TRIGGER "SearchDocuments_Deleted" AFTER DELETE ON "SearchDocuments" BEGIN
            DELETE FROM "SearchIndex" WHERE rowid = old."Id";
        END;
        """;

    /// <summary>
    /// FTS5 merges what it has written whenever a tenth of it is deleted, inside the commit of a deletion: 7 MB of pages for
    /// twenty small messages. Without that, <see cref="MergeIndexAsync"/> frees the space.
    /// </summary>
    public const string DeleteWithoutMerging = """
        INSERT INTO "SearchIndex" ("SearchIndex", rank) VALUES ('deletemerge', 0);
        """;

    /// <summary>
    /// The index takes many texts almost as fast as one: each commit with a text writes a segment of its own, and merges those
    /// before it. So texts wait for each other, in the database, with their terms.
    /// </summary>
    public const string LetTextsWait = """
        ALTER TABLE "SearchDocuments" ADD COLUMN "Terms" TEXT NULL;
        CREATE INDEX "IX_SearchDocuments_Waiting" ON "SearchDocuments" ("Id") WHERE "Terms" IS NOT NULL;
        """;

    /// <summary>Characters of terms. A longer text enters the index at once: it would make the others' write long.</summary>
    private const int LongestWaiting = 4096;

    private const int PagesMergedAtOnce = 64;

    /// <summary>The prepared statements of the writer's connection; null on connections that only read.</summary>
    public SqliteStatements? Statements { get; set; }

    public override string Ordinal => "";

    public override string IfAlive => "";

    public override string IsOfGone => "\"InstanceId\" <> @instance";

    protected override DbCommand Prepare(string sql) => Statements?.Of(sql) ?? base.Prepare(sql);

    public override Task IndexAsync(
        string ownerId, string conversationId, string? messageId, IReadOnlyCollection<string> terms) =>
        terms.Count == 0 ? Task.CompletedTask : IndexAsync(ownerId, conversationId, messageId, Keyed(ownerId, terms));

    public override async Task IndexSoonAsync(
        string ownerId, string conversationId, string? messageId, IReadOnlyCollection<string> terms)
    {
        if (terms.Count == 0)
            return;
        var keyed = Keyed(ownerId, terms);
        if (keyed.Length > LongestWaiting)
        {
            await IndexAsync(ownerId, conversationId, messageId, keyed);
            return;
        }
        await Command("""
            INSERT INTO "SearchDocuments" ("OwnerId", "ConversationId", "MessageId", "Terms")
            VALUES (@of, @conversation, @message, @terms);
            """)
            .With("@of", ownerId).With("@conversation", conversationId).With("@message", messageId).With("@terms", keyed)
            .ExecuteNonQueryAsync();
        if (Statements is { } statements)
            statements.WaitingTexts++;
    }

    public override Task<int> CountWaitingTextsAsync(CancellationToken cancellationToken) =>
        Database.SqlQuery<int>($"""SELECT count(*) AS "Value" FROM "SearchDocuments" WHERE "Terms" IS NOT NULL""")
            .SingleAsync(cancellationToken);

    public override async Task<int> IndexWaitingAsync()
    {
        await Command("""
            INSERT INTO "SearchIndex" (rowid, terms)
            SELECT "Id", "Terms" FROM "SearchDocuments" WHERE "Terms" IS NOT NULL ORDER BY "Id" LIMIT @most
            """)
            .With("@most", TextsAtOnce).ExecuteNonQueryAsync();
        return await Command("""
            UPDATE "SearchDocuments" SET "Terms" = NULL WHERE "Id" IN
                (SELECT "Id" FROM "SearchDocuments" WHERE "Terms" IS NOT NULL ORDER BY "Id" LIMIT @most)
            """)
            .With("@most", TextsAtOnce).ExecuteNonQueryAsync();
    }

    public override async Task<bool> MergeIndexAsync(bool begins)
    {
        var connection = ((SqliteConnection)Database.GetDbConnection()).Handle!;
        var before = raw.sqlite3_total_changes(connection);
        await Command("""INSERT INTO "SearchIndex" ("SearchIndex", rank) VALUES ('merge', @pages)""")
            .With("@pages", begins ? -PagesMergedAtOnce : PagesMergedAtOnce).ExecuteNonQueryAsync();
        // The insert itself counts as a change.
        return raw.sqlite3_total_changes(connection) - before > 1;
    }

    public override IQueryable<SearchDocument> Matching(IReadOnlyList<SearchTerm> terms)
    {
        // FTS5 takes a term in double quotes for a string, never for an operator. Terms hold letters and digits only.
        var key = SearchTerm.KeyOf(OwnerId);
        var match = string.Join(" AND ", terms.Select(term => $"\"{key}{term.Term}\"{(term.IsPrefix ? "*" : "")}"));
        return Database.SqlQuery<SearchDocument>($"""
            SELECT d."Id", d."ConversationId", d."MessageId" FROM "SearchDocuments" AS d
            WHERE d."OwnerId" = {OwnerId} AND d."Id" IN (SELECT rowid FROM "SearchIndex" WHERE "SearchIndex" MATCH {match})
            """);
    }

    public override IDisposable EndQueriesWith(CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)Database.GetDbConnection();
        return cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle!));
    }

    private Task<int> IndexAsync(string ownerId, string conversationId, string? messageId, string keyed) => Command("""
        INSERT INTO "SearchDocuments" ("OwnerId", "ConversationId", "MessageId") VALUES (@of, @conversation, @message);
        INSERT INTO "SearchIndex" (rowid, terms) VALUES (last_insert_rowid(), @terms);
        """)
        .With("@of", ownerId).With("@conversation", conversationId).With("@message", messageId).With("@terms", keyed)
        .ExecuteNonQueryAsync();

    private static string Keyed(string ownerId, IReadOnlyCollection<string> terms)
    {
        var key = SearchTerm.KeyOf(ownerId);
        var text = new StringBuilder();
        foreach (var term in terms)
            text.Append(key).Append(term).Append(' ');
        return text.ToString();
    }

    /// <summary>For <c>dotnet ef migrations add</c> only.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqliteChatDbContext>
    {
        public SqliteChatDbContext CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite("Data Source=design.db").Options);
    }
}
