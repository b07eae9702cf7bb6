using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Tools.Permissions;

/// <summary>
/// The permissions of users in the database, so that all instances have them. A change is conditional on the tokens that it
/// replaces: a permission that was taken back or given anew meanwhile stays as it is.
/// </summary>
internal sealed class GrantStore(IChatDatabase database, TimeProvider time)
{
    private const string Put = """
        INSERT INTO "ToolGrants" ("OwnerId", "Server", "Id", "Tokens", "GivenAt") VALUES (@owner, @server, @id, @tokens, @now)
        ON CONFLICT ("OwnerId", "Server") DO UPDATE SET "Id" = excluded."Id", "Tokens" = excluded."Tokens",
            "GivenAt" = excluded."GivenAt", "RenewingUntil" = NULL
        """;

    private const string Same = """WHERE "OwnerId" = @owner AND "Server" = @server AND "Tokens" = @before""";

    private const string Take = $"""
        UPDATE "ToolGrants" SET "RenewingUntil" = @until {Same} AND ("RenewingUntil" IS NULL OR "RenewingUntil" < @now)
        """;

    private const string Change = $"""UPDATE "ToolGrants" SET "Tokens" = @tokens, "RenewingUntil" = NULL {Same}""";

    private const string Release = $"""UPDATE "ToolGrants" SET "RenewingUntil" = NULL {Same}""";

    private const string Drop = $"""DELETE FROM "ToolGrants" {Same}""";

    public async Task<ToolGrant?> FindAsync(Owner owner, string server, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.ToolGrants.AsNoTracking().FirstOrDefaultAsync(grant => grant.Server == server, cancellationToken);
    }

    public async Task<IReadOnlyList<ToolGrant>> AllAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.ToolGrants.AsNoTracking().ToListAsync(cancellationToken);
    }

    public Task PutAsync(Owner owner, string server, string tokens) => database.WriteAsync(owner, db => db.Command(Put)
        .With("@server", server).With("@id", Ids.New()).With("@tokens", tokens).With("@now", time.GetUtcNow())
        .ExecuteNonQueryAsync());

    /// <summary>
    /// Takes the right to renew tokens, for a while. A refresh token may be used once, and not by two instances.
    /// </summary>
    /// <returns>Whether it was free.</returns>
    public Task<bool> TakeAsync(Owner owner, ToolGrant grant, TimeSpan howLong) => RunAsync(Take, owner, grant, null, howLong);

    /// <returns>Whether the permission was still there.</returns>
    public Task<bool> ChangeAsync(Owner owner, ToolGrant grant, string tokens) => RunAsync(Change, owner, grant, tokens);

    public Task<bool> ReleaseAsync(Owner owner, ToolGrant grant) => RunAsync(Release, owner, grant);

    public Task<bool> DropAsync(Owner owner, ToolGrant grant) => RunAsync(Drop, owner, grant);

    private Task<bool> RunAsync(string sql, Owner owner, ToolGrant grant, string? tokens = null, TimeSpan howLong = default) =>
        database.WriteAsync(owner, async db =>
        {
            var command = db.Command(sql).With("@server", grant.Server).With("@before", grant.Tokens);
            if (tokens is not null)
                command.With("@tokens", tokens);
            if (howLong > TimeSpan.Zero)
                command.With("@now", time.GetUtcNow()).With("@until", time.GetUtcNow() + howLong);
            return await command.ExecuteNonQueryAsync() > 0;
        });
}
