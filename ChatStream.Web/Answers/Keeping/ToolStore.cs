using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// Stores calls of tools: before they are made, and when they have a result. Each write is one transaction with all that was
/// streamed before, and conditional on the answer belonging to the instance as which it was begun.
/// </summary>
internal sealed class ToolStore(IChatDatabase database, IOptions<ToolOptions> options, TimeProvider time)
{
    private const string Owned = """
        UPDATE "Messages" SET "Text" = @text, "Reasoning" = @reasoning, "Frames" = @frames, "KeptParts" = @parts,
            "InputTokens" = @input, "OutputTokens" = @output, "ReasoningTokens" = @thought, "CachedTokens" = @cached,
            "IsUsageEstimated" = @isEstimated, "ResumeAt" = NULL, "ToolTokens" = "ToolTokens" + @tokens
        WHERE "Id" = @id AND "OwnerId" = @owner AND "InstanceId" = @instance AND "FinishReason" IS NULL
        """;

    private const string Count = """
        INSERT INTO "UsageCounts" AS c ("OwnerId", "Day", "Model", "Kind", "Name", "Answers")
        VALUES (@owner, @day, '', 'Tool', '', 1)
        ON CONFLICT ("OwnerId", "Day", "Model", "Kind", "Name") DO UPDATE SET "Answers" = c."Answers" + 1
            WHERE c."Answers" < @most
        """;

    private const string Change = """
        UPDATE "ToolCalls" SET "State" = @state, "Result" = @result, "Verdict" = @verdict, "IsRemembered" = @isRemembered,
            "StartedAt" = @startedAt, "EndedAt" = @endedAt, "Permission" = @permission, "Files" = @files
        WHERE "Id" = @id AND "OwnerId" = @owner
        """;

    private const string Settle = """
        UPDATE "ToolCalls" SET "Result" = CASE WHEN "State" = 'Asked' THEN @undecided ELSE @unknown END, "EndedAt" = @now,
            "State" = CASE WHEN "State" = 'Asked' THEN 'Denied' ELSE 'Failed' END
        WHERE "MessageId" = @message AND "State" IN ('Asked', 'Running')
        """;

    /// <summary>What the model is told of a call that is over the day's limit.</summary>
    private const string OverLimit = "The user may make no more calls of tools today. The call was not made.";

    private const string Undecided = "The answer ended before the user decided. The call was not made.";

    private const string Unfinished = "The answer ended while the call was being made. " + ToolOutcome.UnknownWords;

    /// <summary>
    /// Stores new calls, or changes of known ones. A call that begins to run takes one of the user's calls of a day.
    /// </summary>
    /// <param name="generation">Runs the answer.</param>
    /// <param name="changes">As they are to be stored.</param>
    /// <param name="tokens">Tokens that they add to the answer.</param>
    /// <returns>
    /// What was stored: a call may have failed for the day's limit. Null: the answer is not this process's any more.
    /// </returns>
    /// <exception cref="StorageException">The database did not take it, or did not say whether it did.</exception>
    public async Task<(IReadOnlyList<ToolCall> Calls, Generation.SoFar SoFar)?> StoreAsync(
        Generation generation, IReadOnlyList<ToolCall> changes, int tokens)
    {
        var known = generation.Tools.Count;
        return await database.WriteAsync<(IReadOnlyList<ToolCall>, Generation.SoFar)?>(generation.Owner, async db =>
        {
            var calls = new List<ToolCall>();
            foreach (var change in changes)
                calls.Add(change.State == ToolState.Running && !await MayAsync(db) ? Refused(change) : change);
            var soFar = generation.Before(calls);
            if (await db.Command(Owned).With("@id", generation.Id).With("@instance", generation.InstanceId)
                .With("@text", soFar.Text).With("@reasoning", soFar.Reasoning).With("@frames", soFar.Outline)
                .With("@parts", soFar.NextPart).With("@input", soFar.Usage?.InputTokens)
                .With("@output", soFar.Usage?.OutputTokens)
                .With("@thought", soFar.Usage?.ReasoningTokens).With("@cached", soFar.Usage?.CachedTokens)
                .With("@isEstimated", soFar.Usage?.Estimated == true).With("@tokens", tokens).ExecuteNonQueryAsync() == 0)
                return null;
            foreach (var call in calls)
            {
                if (call.Number > known)
                    await db.InsertAsync(call);
                else
                    await ChangeAsync(db, call);
                if (call.Files is not null)
                    await ToolImages.AddAsync(db, call, time.GetUtcNow());
            }
            return (calls, soFar);
        });
    }

    /// <summary>The names of the tools whose calls the user has allowed for the whole conversation.</summary>
    public async Task<HashSet<string>> AllowedAsync(Owner owner, string conversationId, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.ToolCalls.Where(call => call.ConversationId == conversationId && call.IsRemembered)
            .Select(call => call.Name).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>
    /// Ends the calls of an answer that has its end: those that wait for the user were not made, and of the others nobody knows.
    /// </summary>
    public static Task SettleAsync(ChatDbContext db, string messageId, DateTimeOffset now) =>
        db.Command(Settle).With("@message", messageId).With("@undecided", Undecided).With("@unknown", Unfinished)
            .With("@now", now).ExecuteNonQueryAsync();

    private async Task<bool> MayAsync(ChatDbContext db) =>
        await db.Command(Count).With("@day", DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime))
            .With("@most", options.Value.CallsPerDay).ExecuteNonQueryAsync() > 0;

    private ToolCall Refused(ToolCall call) => call with
    {
        State = ToolState.Failed,
        Result = OverLimit,
        StartedAt = null,
        EndedAt = time.GetUtcNow(),
    };

    private static Task<int> ChangeAsync(ChatDbContext db, ToolCall call) => db.Command(Change)
        .With("@id", call.Id).With("@state", call.State.ToString()).With("@result", call.Result)
        .With("@verdict", call.Verdict?.ToString()).With("@isRemembered", call.IsRemembered)
        .With("@startedAt", call.StartedAt).With("@endedAt", call.EndedAt)
        .With("@permission", call.Permission).With("@files", call.Files).ExecuteNonQueryAsync();
}
