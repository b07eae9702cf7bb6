using System.Data.Common;
using ChatStream.Web.Contract;
using ChatStream.Web.Privacy;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Privacy;

/// <summary>However many entries the audit log has, those of one user are found by an index.</summary>
internal sealed class AuditPlanTests(DatabaseKind kind) : StoreTest(kind)
{
    private const int Entries = 20_000;

    [Test]
    public async Task The_entries_of_a_user_are_found_by_an_index()
    {
        await Store.Database.WriteAsync(default, async db =>
        {
            var numbers = Kind == DatabaseKind.Sqlite
                ? $"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Entries}) SELECT i FROM n) AS n"
                : $"generate_series(1, {Entries}) AS n(i)";
            await db.Command($"""
                INSERT INTO "AuditEvents" ("At", "OwnerId", "Action")
                SELECT i, 'owner-' || (i % 1000), 'SignedIn' FROM {numbers}
                """).ExecuteNonQueryAsync(Token);
            return await db.Command("ANALYZE").ExecuteNonQueryAsync(Token);
        });
        await using var db = Store.Database.ReadAs(new Owner("owner-7"));
        await db.Database.OpenConnectionAsync(Token);

        foreach (var sql in new[] { OwnData.AuditWithoutUser, BrowserMove.MoveAudit })
        {
            var plan = await PlanAsync(db, sql);

            Assert.That(plan, Kind == DatabaseKind.Sqlite
                ? Does.Contain("SEARCH AuditEvents USING INDEX IX_AuditEvents_OwnerId_Id").Or
                    .Contain("SEARCH AuditEvents USING COVERING INDEX IX_AuditEvents_OwnerId_Id")
                : Does.Contain("\"IX_AuditEvents_OwnerId_Id\""));
            Assert.That(plan, Does.Not.Contain("SCAN").And.Not.Contain("Seq Scan"));
        }
    }

    private static async Task<string> PlanAsync(ChatDbContext db, string sql)
    {
        var explain = db.Database.IsSqlite() ? "EXPLAIN QUERY PLAN " : "EXPLAIN ";
        await using var rows = await db.Command(explain + sql).With("@slice", 200).With("@erased", Owner.Erased.Id)
            .With("@erasedName", Caller.Erased.Name).With("@browser", "owner-7").ExecuteReaderAsync(Token);
        return string.Join('\n', await LinesAsync(rows));
    }

    private static async Task<List<string>> LinesAsync(DbDataReader rows)
    {
        var lines = new List<string>();
        while (await rows.ReadAsync(Token))
            lines.Add(rows.GetString(rows.FieldCount - 1));
        return lines;
    }
}
