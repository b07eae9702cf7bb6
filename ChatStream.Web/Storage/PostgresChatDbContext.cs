using System.Data.Common;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ChatStream.Web.Storage;

internal sealed class PostgresChatDbContext(DbContextOptions<PostgresChatDbContext> options)
    : ChatDbContext(options), IDataProtectionKeyContext
{
    private bool _isBounded = true;

    /// <summary>
    /// The search index, in the migrations because the EF model does not have it. The terms come from the app, so PostgreSQL's
    /// own text parser is not used.
    /// </summary>
    public const string CreateSearch = """
        CREATE TABLE "SearchDocuments" (
            "Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            "OwnerId" text NOT NULL,
            "ConversationId" character varying(16) NOT NULL REFERENCES "Conversations" ("Id") ON DELETE CASCADE,
            "MessageId" text NULL,
            "Terms" tsvector NOT NULL);
        CREATE INDEX "IX_SearchDocuments_ConversationId" ON "SearchDocuments" ("ConversationId", "MessageId");
        CREATE INDEX "IX_SearchDocuments_Terms" ON "SearchDocuments" USING gin ("Terms");
        """;

    public override string Ordinal => " COLLATE \"C\"";

    public override string IfAlive => PostgresInstances.IfAlive;

    public override string IsOfGone => """ NOT EXISTS (SELECT 1 FROM "Instances" WHERE "Instances"."Id" = "InstanceId")""";

    /// <summary>
    /// Lets the server end the transaction that begins if this process stands still in it: others wait for its locks. It goes
    /// with the first command, so it costs no round trip.
    /// </summary>
    public void BoundStandstill() => _isBounded = false;

    protected override DbCommand Prepare(string sql)
    {
        if (_isBounded)
            return base.Prepare(sql);
        _isBounded = true;
        return base.Prepare($"SET LOCAL idle_in_transaction_session_timeout = '5s';\n{sql}");
    }

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public override async Task IndexAsync(
        string ownerId, string conversationId, string? messageId, IReadOnlyCollection<string> terms)
    {
        if (terms.Count == 0)
            return;
        var key = SearchTerm.KeyOf(ownerId);
        await Command("""
            INSERT INTO "SearchDocuments" ("OwnerId", "ConversationId", "MessageId", "Terms")
            VALUES (@of, @conversation, @message, array_to_tsvector(@terms))
            """)
            .With("@of", ownerId).With("@conversation", conversationId).With("@message", messageId)
            .With("@terms", terms.Select(term => key + term).ToArray())
            .ExecuteNonQueryAsync();
    }

    // Places of limits have the seed 1.
    public override Task LockOwnerAsync(Owner owner) =>
        Command("SELECT pg_advisory_xact_lock(hashtextextended(@of, 2))").With("@of", owner.Id).ExecuteNonQueryAsync();

    public override IQueryable<SearchDocument> Matching(IReadOnlyList<SearchTerm> terms)
    {
        // PostgreSQL takes a term in single quotes for a lexeme as it stands. Terms hold letters and digits only.
        var key = SearchTerm.KeyOf(OwnerId);
        var match = string.Join(" & ", terms.Select(term => $"'{key}{term.Term}'{(term.IsPrefix ? ":*" : "")}"));
        return Database.SqlQuery<SearchDocument>($"""
            SELECT d."Id", d."ConversationId", d."MessageId" FROM "SearchDocuments" AS d
            WHERE d."OwnerId" = {OwnerId} AND d."Terms" @@ CAST({match} AS tsquery)
            """);
    }

    // Npgsql waits for the server without a thread, and a token that it was given ends the statement on the server.
    public override IDisposable EndQueriesWith(CancellationToken cancellationToken) => default(CancellationTokenRegistration);

    /// <summary>For <c>dotnet ef migrations add</c> only.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<PostgresChatDbContext>
    {
        public PostgresChatDbContext CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<PostgresChatDbContext>().UseNpgsql("Host=design").Options);
    }
}
