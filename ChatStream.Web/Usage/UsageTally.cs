using System.Data.Common;
using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Usage;

/// <summary>An answer that has ended and is not stored, as it is counted.</summary>
/// <param name="Model">The model's name in the catalogue.</param>
/// <param name="End">How it ended.</param>
/// <param name="Failure">Why it ended badly; null if it did not.</param>
/// <param name="Used">What it used; null: nothing.</param>
/// <param name="FirstWord">From the start to the first word; null: none came.</param>
internal sealed record CountedAnswer(
    string Model, FinishReason End, FailureCode? Failure, UsagePayload? Used, TimeSpan? FirstWord);

/// <summary>An end that was counted, and is replaced by another one.</summary>
/// <param name="End">The name of the finish reason.</param>
/// <param name="Failure">The name of the failure code; null if there was none.</param>
/// <param name="EndedAt">When it was counted.</param>
internal sealed record EarlierEnd(string End, string? Failure, DateTimeOffset EndedAt);

/// <summary>
/// Adds answers to the sums of their owner's day. Each runs in the transaction that stores the end, so an answer is counted
/// exactly when it is stored. Answers of different owners share no row.
/// </summary>
internal static class UsageTally
{
    private const string Stored = "\"Messages\"";

    // An answer that is not stored, in the columns of one that is. Without an owner there is nobody to count it for.
    private const string Given = """
        (SELECT CAST(@id AS text) AS "Id", CAST(@user AS text) AS "OwnerId", CAST(@model AS text) AS "Model",
            CAST(@end AS text) AS "FinishReason", CAST(@failure AS text) AS "FailureCode",
            CAST(@currency AS text) AS "Currency", CAST(@cost AS bigint) AS "Cost",
            CAST(@estimated AS boolean) AS "IsUsageEstimated", CAST(@input AS bigint) AS "InputTokens",
            CAST(@cached AS bigint) AS "CachedTokens", CAST(@output AS bigint) AS "OutputTokens",
            CAST(@reasoning AS bigint) AS "ReasoningTokens" WHERE CAST(@user AS text) IS NOT NULL)
        """;

    private const string Remove = """
        UPDATE "UsageCounts" SET "Answers" = "Answers" - 1 WHERE "Day" = @day
            AND ("OwnerId", "Model") = (SELECT m."OwnerId", m."Model" FROM "Messages" AS m WHERE m."Id" = @id)
            AND (("Kind" = 'End' AND "Name" = @end) OR ("Kind" = 'Failure' AND "Name" = @failure))
        """;

    // Made once. A stored answer is read where it is: to pass its numbers once more would allocate two kilobytes.
    private static readonly string AddStored = Use(Stored) + Count(Stored);
    private static readonly string CountStored = Count(Stored);
    private static readonly string UseGiven = Use(Given);
    private static readonly string UseWithoutAnswer = Use(Given, answers: "0");
    private static readonly string AddGiven = UseGiven + Count(Given);

    /// <summary>Adds an answer whose end was stored in this transaction, for its owner.</summary>
    /// <param name="db">Within the transaction that stores the end.</param>
    /// <param name="id">The answer.</param>
    /// <param name="firstWord">From the start to the first word; null: none came.</param>
    /// <param name="ended">When it ended.</param>
    public static Task AddAsync(ChatDbContext db, string id, TimeSpan? firstWord, DateTimeOffset ended) =>
        RunAsync(db, AddStored, id, firstWord, ended);

    /// <summary>
    /// Counts the end that was stored in this transaction for an answer that was added before. What it used and when its first
    /// word came stays as it was.
    /// </summary>
    public static async Task ReplaceEndAsync(ChatDbContext db, string id, EarlierEnd earlier, DateTimeOffset ended)
    {
        await db.Command(Remove).With("@id", id).With("@day", DayOf(earlier.EndedAt))
            .With("@end", earlier.End).With("@failure", earlier.Failure ?? "").ExecuteNonQueryAsync();
        await RunAsync(db, CountStored, id, firstWord: null, ended);
    }

    /// <summary>Adds an answer that was deleted while it ran: it was paid for all the same.</summary>
    public static Task AddDeletedAsync(ChatDbContext db, string ownerId, CountedAnswer answer, DateTimeOffset ended)
    {
        var command = With(db.Command(AddGiven), ownerId, answer, ended).With("@firstWord", StepOf(answer.FirstWord));
        return command.ExecuteNonQueryAsync();
    }

    /// <summary>Adds what a model was asked without an answer that is stored. It ended in no way that is counted.</summary>
    /// <param name="db">Within a transaction.</param>
    /// <param name="ownerId">The user.</param>
    /// <param name="model">The model's name in the catalogue.</param>
    /// <param name="used">What it used.</param>
    /// <param name="isAnswer">Whether it counts as an answer in budgets.</param>
    /// <param name="ended">When it ended.</param>
    public static Task AddUseAsync(
        ChatDbContext db, string ownerId, string model, UsagePayload used, bool isAnswer, DateTimeOffset ended) =>
        With(
            db.Command(isAnswer ? UseGiven : UseWithoutAnswer), ownerId,
            new CountedAnswer(model, FinishReason.Completed, Failure: null, used, FirstWord: null), ended)
            .ExecuteNonQueryAsync();

    private static Task<int> RunAsync(ChatDbContext db, string sql, string id, TimeSpan? firstWord, DateTimeOffset ended) =>
        db.Command(sql).With("@id", id).With("@day", DayOf(ended))
            .With("@firstWord", StepOf(firstWord)).ExecuteNonQueryAsync();

    private static DbCommand With(DbCommand command, string ownerId, CountedAnswer answer, DateTimeOffset ended) => command
        .With("@user", ownerId).With("@id", "").With("@day", DayOf(ended))
        .With("@model", answer.Model).With("@end", answer.End.ToString()).With("@failure", answer.Failure?.ToString())
        .With("@currency", answer.Used?.Cost?.Currency).WithCost("@cost", answer.Used?.Cost?.Amount)
        .With("@estimated", answer.Used?.Estimated == true)
        .With("@input", answer.Used?.InputTokens).With("@cached", answer.Used?.CachedTokens)
        .With("@output", answer.Used?.OutputTokens).With("@reasoning", answer.Used?.ReasoningTokens);

    private static string? StepOf(TimeSpan? firstWord) =>
        firstWord is { } time ? FirstWords.StepOf(time).ToString(CultureInfo.InvariantCulture) : null;

    private static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private static string Use(string from, string answers = "1") => $"""
        INSERT INTO "UsageDays" AS d ("OwnerId", "Day", "Model", "Currency", "Answers", "Estimated",
            "InputTokens", "CachedTokens", "OutputTokens", "ReasoningTokens", "Cost")
        SELECT m."OwnerId", @day, m."Model", COALESCE(m."Currency", ''), {answers},
            CASE WHEN m."IsUsageEstimated" THEN {answers} ELSE 0 END, m."InputTokens",
            CASE WHEN m."CachedTokens" > m."InputTokens" THEN m."InputTokens" ELSE COALESCE(m."CachedTokens", 0) END,
            m."OutputTokens", COALESCE(m."ReasoningTokens", 0), COALESCE(m."Cost", 0)
        FROM {from} AS m WHERE m."Id" = @id AND m."InputTokens" IS NOT NULL
        ON CONFLICT ("OwnerId", "Day", "Model", "Currency") DO UPDATE SET
            "Answers" = d."Answers" + excluded."Answers", "Estimated" = d."Estimated" + excluded."Estimated",
            "InputTokens" = d."InputTokens" + excluded."InputTokens", "CachedTokens" = d."CachedTokens" + excluded."CachedTokens",
            "OutputTokens" = d."OutputTokens" + excluded."OutputTokens",
            "ReasoningTokens" = d."ReasoningTokens" + excluded."ReasoningTokens", "Cost" = d."Cost" + excluded."Cost";
        """;

    private static string Count(string answers) => $"""
        INSERT INTO "UsageCounts" AS c ("OwnerId", "Day", "Model", "Kind", "Name", "Answers")
        {Row(answers, UsageKind.End, "m.\"FinishReason\"")}
        UNION ALL {Row(answers, UsageKind.Failure, "m.\"FailureCode\"")}
        UNION ALL {Row(answers, UsageKind.FirstWord, "CAST(@firstWord AS text)")}
        ON CONFLICT ("OwnerId", "Day", "Model", "Kind", "Name") DO UPDATE SET "Answers" = c."Answers" + 1;
        """;

    private static string Row(string answers, UsageKind kind, string name) => $"""
        SELECT m."OwnerId", @day, m."Model", '{kind}', {name}, 1
        FROM {answers} AS m WHERE m."Id" = @id AND {name} IS NOT NULL
        """;
}
