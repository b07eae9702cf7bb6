using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ChatStream.Web.Conversations.Storage;

internal sealed class SqliteChatDbContext(DbContextOptions<SqliteChatDbContext> options) : ChatDbContext(options)
{
    /// <summary>Beside the tables of the model, in the migrations: what FTS5 indexes, by row. A trigger deletes with it. To the tokenizer all
    /// that is not ASCII is a letter, so that a term stays the one term that it is: marks and the newest characters too.</summary>
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

    /// <summary>Where the context writes: those of its connection.</summary>
    public SqliteStatements? Statements { get; set; }

    protected override DbCommand Prepare(string sql) => Statements?.Of(sql) ?? base.Prepare(sql);

    public override async Task IndexAsync(string ownerId, string conversationId, string? messageId, string text)
    {
        var terms = string.Join(' ', SearchTerms.Of(text));
        if (terms.Length == 0)
            return;
        await Command("""
            INSERT INTO "SearchDocuments" ("OwnerId", "ConversationId", "MessageId") VALUES (@of, @conversation, @message);
            INSERT INTO "SearchIndex" (rowid, terms) VALUES (last_insert_rowid(), @terms);
            """).With("@of", ownerId).With("@conversation", conversationId).With("@message", messageId).With("@terms", terms).ExecuteNonQueryAsync();
    }

    public override IQueryable<string> Matching(IReadOnlyList<SearchTerm> terms)
    {
        // In double quotes a term is a string to FTS5 and never an operator; terms hold letters and digits only.
        var match = string.Join(" AND ", terms.Select(term => $"\"{term.Term}\"{(term.IsPrefix ? "*" : "")}"));
        return Database.SqlQuery<string>($"""
            SELECT d."ConversationId" AS "Value" FROM "SearchDocuments" AS d
            WHERE d."OwnerId" = {OwnerId} AND d."Id" IN (SELECT rowid FROM "SearchIndex" WHERE "SearchIndex" MATCH {match})
            """);
    }

    /// <summary>For <c>dotnet ef migrations add</c> only.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqliteChatDbContext>
    {
        public SqliteChatDbContext CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite("Data Source=design.db").Options);
    }
}
