using System.Data.Common;
using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Usage;

/// <summary>
/// Reads what one owner used, or all of them. The sums are of days, so it reads as much after a million answers as after a
/// thousand: of one owner, all of it by that owner's part of an index.
/// </summary>
internal sealed class UsageReader(IChatDatabase database, LongReads reads, TimeProvider time) : IUsageReader
{
    /// <summary>One row for each day, model and currency.</summary>
    internal const string Used = """
        SELECT "Day", "Model", "Currency", "Answers", "Estimated",
            "InputTokens", "CachedTokens", "OutputTokens", "ReasoningTokens", "Cost"
        FROM "UsageDays" WHERE "OwnerId" = @owner AND "Day" >= @from AND "Day" <= @to
        """;

    /// <summary>How many answers of each model were alike.</summary>
    internal const string CountedByModel = """
        SELECT "Model", "Kind", "Name", CAST(SUM("Answers") AS bigint)
        FROM "UsageCounts" WHERE "OwnerId" = @owner AND "Day" >= @from AND "Day" <= @to GROUP BY "Model", "Kind", "Name"
        """;

    /// <summary>How many answers of each day were alike.</summary>
    internal const string CountedByDay = """
        SELECT "Day", "Kind", "Name", CAST(SUM("Answers") AS bigint)
        FROM "UsageCounts" WHERE "OwnerId" = @owner AND "Day" >= @from AND "Day" <= @to GROUP BY "Day", "Kind", "Name"
        """;

    /// <summary>As <see cref="Used"/>, of all owners. By the index of the days.</summary>
    internal const string UsedByAll = """
        SELECT "Day", "Model", "Currency", CAST(SUM("Answers") AS bigint), CAST(SUM("Estimated") AS bigint),
            CAST(SUM("InputTokens") AS bigint), CAST(SUM("CachedTokens") AS bigint), CAST(SUM("OutputTokens") AS bigint),
            CAST(SUM("ReasoningTokens") AS bigint), CAST(SUM("Cost") AS bigint)
        FROM "UsageDays" WHERE "Day" >= @from AND "Day" <= @to GROUP BY "Day", "Model", "Currency"
        """;

    private const string OfOwner = "\"OwnerId\" = @owner AND ";

    private static readonly string[] Own = [Used, CountedByModel, CountedByDay];

    private static readonly string[] All = [UsedByAll, Without(CountedByModel), Without(CountedByDay)];

    /// <inheritdoc/>
    public Task<UsageReport> ReadAsync(Owner owner, int days, CancellationToken cancellationToken) =>
        ReadAsync(owner, Own, days, cancellationToken);

    /// <inheritdoc/>
    public Task<UsageReport> ReadAllAsync(int days, CancellationToken cancellationToken) =>
        ReadAsync(default, All, days, cancellationToken);

    private static string Without(string sql) => sql.Replace(OfOwner, "", StringComparison.Ordinal);

    private Task<UsageReport> ReadAsync(Owner owner, string[] queries, int days, CancellationToken cancellationToken)
    {
        var to = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return reads.RunAsync(
            owner, () => ReadAsync(owner, queries, to.AddDays(1 - days), to, cancellationToken), cancellationToken);
    }

    private async Task<UsageReport> ReadAsync(
        Owner owner, string[] queries, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var (total, models, perDay) = (new UsageSums(), new Sums<string>(), new Sums<DateOnly>());
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        // Three looks, without a transaction: SQLite's would hold up the writer. An answer that ends between two of them is in
        // one sum and not yet in another.
        using var ended = db.EndQueriesWith(cancellationToken);
        await foreach (var row in RowsAsync(db, queries[0], from, to, cancellationToken))
        {
            foreach (var sums in new[] { total, models[row.GetString(1)], perDay[row.GetFieldValue<DateOnly>(0)] })
                sums.AddUse(row);
        }
        await foreach (var row in RowsAsync(db, queries[1], from, to, cancellationToken))
        {
            if (row.GetString(1) == nameof(UsageKind.Tool))
                continue;
            models[row.GetString(0)].AddCount(row);
            total.AddCount(row);
        }
        await foreach (var row in RowsAsync(db, queries[2], from, to, cancellationToken))
            perDay[row.GetFieldValue<DateOnly>(0)].AddCount(row);
        return new UsageReport(
            from, to, total.ToFigures(),
            [.. models.OrderByDescending(model => model.Value.Tokens).ThenBy(model => model.Key, StringComparer.Ordinal)
                .Select(model => new ModelUsage(model.Key, model.Value.ToFigures()))],
            [.. perDay.OrderBy(day => day.Key).Select(day => new DayUsage(day.Key, day.Value.ToFigures()))]);
    }

    private static async IAsyncEnumerable<DbDataReader> RowsAsync(
        ChatDbContext db, string sql, DateOnly from, DateOnly to,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var rows = await db.Command(sql).With("@from", from).With("@to", to).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            yield return rows;
    }

    private sealed class Sums<TKey> : Dictionary<TKey, UsageSums> where TKey : notnull
    {
        public new UsageSums this[TKey key]
        {
            get
            {
                if (!TryGetValue(key, out var sums))
                    Add(key, sums = new UsageSums());
                return sums;
            }
        }
    }
}
