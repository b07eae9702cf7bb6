using System.Data.Common;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Usage.Budgets;

/// <summary>Reads what budgets are compared with: sums of days, and how many answers run.</summary>
internal static class UsedSums
{
    /// <summary>At most a row for each day of a month and currency. By the owner's part of two indexes.</summary>
    internal const string OfOwner = """
        SELECT "Day", "Currency", CAST(SUM("Answers") AS bigint), CAST(SUM("InputTokens" + "OutputTokens") AS bigint),
            CAST(SUM("Cost") AS bigint)
        FROM "UsageDays" WHERE "OwnerId" = @owner AND "Day" >= @from AND "Day" <= @to GROUP BY "Day", "Currency"
        UNION ALL SELECT @to, '', COUNT(*), 0, 0
        FROM "Messages" WHERE "Role" = 'Assistant' AND "FinishReason" IS NULL AND "OwnerId" = @owner
        """;

    /// <summary>Of all users together.</summary>
    internal const string OfAll = """
        SELECT "Day", "Currency", CAST(SUM("Answers") AS bigint), CAST(SUM("InputTokens" + "OutputTokens") AS bigint),
            CAST(SUM("Cost") AS bigint)
        FROM "UsageDays" WHERE "Day" >= @from AND "Day" <= @to GROUP BY "Day", "Currency"
        UNION ALL SELECT @to, '', COUNT(*), 0, 0 FROM "Messages" WHERE "Role" = 'Assistant' AND "FinishReason" IS NULL
        """;

    /// <summary>Of the members of a group.</summary>
    internal const string OfGroup = """
        SELECT d."Day", d."Currency", CAST(SUM(d."Answers") AS bigint), CAST(SUM(d."InputTokens" + d."OutputTokens") AS bigint),
            CAST(SUM(d."Cost") AS bigint)
        FROM "UserGroups" AS g JOIN "UsageDays" AS d ON d."OwnerId" = g."OwnerId"
        WHERE g."Group" = @group AND d."Day" >= @from AND d."Day" <= @to GROUP BY d."Day", d."Currency"
        UNION ALL SELECT @to, '', COUNT(*), 0, 0
        FROM "Messages" AS m JOIN "UserGroups" AS g ON g."OwnerId" = m."OwnerId" AND g."Group" = @group
        WHERE m."Role" = 'Assistant' AND m."FinishReason" IS NULL
        """;

    public static async Task<List<UsedOfDay>> ReadAsync(
        IChatDatabase database, string sql, Owner owner, string? group, DateOnly from, DateOnly to,
        CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        using var ended = db.EndQueriesWith(cancellationToken);
        var command = db.Command(sql).With("@from", from).With("@to", to);
        if (group is not null)
            command = command.With("@group", group);
        var sums = new List<UsedOfDay>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            sums.Add(Of(rows));
        return sums;
    }

    private static UsedOfDay Of(DbDataReader row) => new(
        row.GetFieldValue<DateOnly>(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3),
        (decimal)row.GetInt64(4) / CostPayload.Parts);
}
