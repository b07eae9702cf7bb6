using System.Data.Common;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using ChatStream.Web.Usage;
using ChatStream.Web.Usage.Budgets;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Usage;

/// <summary>With 100,000 rows of many users, one user's usage is found by an index.</summary>
internal sealed class UsagePlanTests(DatabaseKind kind) : StoreTest(kind)
{
    private const int Rows = 100_000;
    private const int Owners = 1_000;

    [Test]
    public async Task The_usage_of_an_owner_is_read_by_an_index()
    {
        await FillAsync();
        await using var db = Store.Database.ReadAs(new Owner("owner-7"));
        await db.Database.OpenConnectionAsync(Token);

        foreach (var (sql, table) in new[]
        {
            (UsageReader.Used, "UsageDays"), (UsageReader.CountedByModel, "UsageCounts"),
            (UsageReader.CountedByDay, "UsageCounts"),
        })
        {
            var plan = await PlanAsync(db, sql);

            Assert.That(plan, Kind == DatabaseKind.Sqlite
                ? Does.Contain($"SEARCH {table} USING INDEX sqlite_autoindex_{table}_1 (OwnerId=? AND Day>? AND Day<?)")
                : Does.Match($"Index (Only )?Scan (using|on) \"PK_{table}\""));
            Assert.That(plan, Does.Not.Contain("SCAN").And.Not.Contain("Seq Scan"));
        }
        var report = await new UsageReader(Store.Database, TestStore.Reads, Store.Time)
            .ReadAsync(new Owner("owner-7"), 90, Token);
        Assert.That((report.Total.Answers, report.Total.InputTokens), Is.EqualTo((90, 90 * 10)));
    }

    [Test]
    public async Task What_a_start_compares_with_budgets_is_read_by_an_index()
    {
        await FillAsync();
        await using var db = Store.Database.ReadAs(new Owner("owner-7"));
        await db.Database.OpenConnectionAsync(Token);

        var plan = await PlanAsync(db, UsedSums.OfOwner);

        Assert.That(plan, Kind == DatabaseKind.Sqlite
            ? Does.Contain("SEARCH UsageDays USING INDEX sqlite_autoindex_UsageDays_1 (OwnerId=? AND Day>? AND Day<?)")
                .And.Contain("SEARCH Messages USING INDEX IX_Messages_Running")
            : Does.Match("Index (Only )?Scan (using|on) \"PK_UsageDays\"").And.Not.Contain("Seq Scan on \"UsageDays\""));
        var today = DateOnly.FromDateTime(Store.Time.GetUtcNow().UtcDateTime);
        var sums = await UsedSums.ReadAsync(
            Store.Database, UsedSums.OfOwner, new Owner("owner-7"), group: null, today.AddDays(-30), today, Token);
        Assert.That((sums.Sum(sum => sum.Answers), sums.Sum(sum => sum.Tokens)), Is.EqualTo((31, 31 * 15)));
    }

    private async Task FillAsync()
    {
        var today = DateOnly.FromDateTime(Store.Time.GetUtcNow().UtcDateTime);
        await Store.Database.WriteAsync(default, async db =>
        {
            foreach (var n in Enumerable.Range(0, Rows / Owners))
            {
                // All owners, a day before.
                var (numbers, owner) = Kind == DatabaseKind.Sqlite
                    ? ($"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Owners}) SELECT i FROM n)",
                        "AS n")
                    : ($"generate_series(1, {Owners})", "AS n(i)");
                await db.Command($"""
                    INSERT INTO "UsageDays" ("OwnerId", "Day", "Model", "Currency", "Answers", "Estimated",
                        "InputTokens", "CachedTokens", "OutputTokens", "ReasoningTokens", "Cost")
                    SELECT 'owner-' || i, @day, 'gpt-4o', 'USD', 1, 0, 10, 0, 5, 0, 1 FROM {numbers} {owner}
                    """).With("@day", today.AddDays(-n)).ExecuteNonQueryAsync(Token);
                await db.Command($"""
                    INSERT INTO "UsageCounts" ("OwnerId", "Day", "Model", "Kind", "Name", "Answers")
                    SELECT 'owner-' || i, @day, 'gpt-4o', 'End', 'Completed', 1 FROM {numbers} {owner}
                    """).With("@day", today.AddDays(-n)).ExecuteNonQueryAsync(Token);
            }
            return true;
        });
        await Store.Database.WriteAsync(default, db => db.Command("ANALYZE").ExecuteNonQueryAsync(Token));
    }

    private static async Task<string> PlanAsync(ChatDbContext db, string sql)
    {
        var explain = db.Database.IsSqlite() ? "EXPLAIN QUERY PLAN " : "EXPLAIN ";
        await using var rows = await db.Command(explain + sql)
            .With("@from", DateOnly.FromDateTime(DateTime.UnixEpoch)).With("@to", DateOnly.MaxValue).ExecuteReaderAsync(Token);
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
