using System.Data.Common;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Admin;

/// <summary>Reads of all users, for administrators. None of them selects a text or a title.</summary>
internal sealed class AdminQueries(IChatDatabase database, TimeProvider time)
{
    private const string Running = """
        SELECT m."Id", m."OwnerId", u."Name", m."Model", m."CreatedAt", m."InstanceId"
        FROM "Messages" AS m LEFT JOIN "Users" AS u ON u."OwnerId" = m."OwnerId"
        WHERE m."Role" = 'Assistant' AND m."FinishReason" IS NULL ORDER BY m."CreatedAt", m."Id" LIMIT 500
        """;

    private const string Used = """
        SELECT d."OwnerId", u."Name", d."Currency", CAST(SUM(d."Answers") AS bigint), CAST(SUM(d."InputTokens") AS bigint),
            CAST(SUM(d."OutputTokens") AS bigint), CAST(SUM(d."Cost") AS bigint)
        FROM "UsageDays" AS d LEFT JOIN "Users" AS u ON u."OwnerId" = d."OwnerId"
        WHERE d."Day" >= @from AND d."Day" <= @to GROUP BY d."OwnerId", u."Name", d."Currency"
        ORDER BY SUM(d."InputTokens" + d."OutputTokens") DESC, d."OwnerId" LIMIT 500
        """;

    private const string Owners = """
        SELECT "OwnerId" FROM "Conversations" UNION SELECT "OwnerId" FROM "UsageDays" UNION SELECT "OwnerId" FROM "Users"
        UNION SELECT "OwnerId" FROM "AuditEvents"
        """;

    private const string Owned = """SELECT "OwnerId" FROM "Messages" WHERE "Id" = @id AND "Role" = 'Assistant'""";

    public async Task<(List<RunningReport> Running, List<UserReport> Users)> ReadAsync(
        int days, CancellationToken cancellationToken)
    {
        var to = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        await using var db = database.ReadAs(default);
        await db.Database.OpenConnectionAsync(cancellationToken);
        using var ended = db.EndQueriesWith(cancellationToken);
        var running = await ReadAsync(db.Command(Running), row => new RunningReport(
            row.GetString(0), NameOf(row.GetString(1), TextIn(row, 2)), row.GetString(3),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)))
        {
            InstanceId = TextIn(row, 5),
        }, cancellationToken);
        var used = await ReadAsync(db.Command(Used).With("@from", to.AddDays(1 - days)).With("@to", to), row => (
            Owner: row.GetString(0), Name: TextIn(row, 1), Currency: row.GetString(2), Answers: row.GetInt64(3),
            Input: row.GetInt64(4), Output: row.GetInt64(5), Cost: (decimal)row.GetInt64(6) / CostPayload.Parts),
            cancellationToken);
        return (running,
        [
            .. used.GroupBy(row => row.Owner, StringComparer.Ordinal).Select(user => new UserReport(
                NameOf(user.Key, user.First().Name), user.Sum(row => row.Answers), user.Sum(row => row.Input),
                user.Sum(row => row.Output),
                [.. user.Where(row => row.Currency.Length > 0).Select(row => new CostPayload(row.Cost, row.Currency))])
            {
                Id = new Owner(user.Key).Pseudonym,
            }),
        ]);
    }

    /// <summary>The owner with this <see cref="Owner.Pseudonym"/>; null: nothing is stored of such an owner.</summary>
    public async Task<Owner?> OwnerWithAsync(string pseudonym, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(default);
        await db.Database.OpenConnectionAsync(cancellationToken);
        using var ended = db.EndQueriesWith(cancellationToken);
        var owners = await ReadAsync(db.Command(Owners), row => new Owner(row.GetString(0)), cancellationToken);
        return owners.Where(owner => owner.Pseudonym == pseudonym && owner != Owner.Removed && owner != Owner.Importing
                && owner != Owner.Erased && !owner.IsDeleted)
            .Select(owner => (Owner?)owner).SingleOrDefault();
    }

    /// <summary>The owner of an answer; null: there is no such answer.</summary>
    public async Task<Owner?> OwnerOfAsync(string generationId, CancellationToken cancellationToken)
    {
        if (!Ids.IsId(generationId))
            return null; // PostgreSQL refuses a parameter that has a NUL in it
        await using var db = database.ReadAs(default);
        await db.Database.OpenConnectionAsync(cancellationToken);
        return await db.Command(Owned).With("@id", generationId).ExecuteScalarAsync(cancellationToken) is string id
            ? new Owner(id) : null;
    }

    /// <summary>What administrators call a user.</summary>
    public static string NameOf(string ownerId, string? name) => name ?? new Owner(ownerId).Pseudonym;

    public static string? TextIn(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static async Task<List<T>> ReadAsync<T>(
        DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            all.Add(read(rows));
        return all;
    }
}
