using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Files;
using ChatStream.Web.Preferences;
using ChatStream.Web.Prompts;
using ChatStream.Web.Storage;
using ChatStream.Web.Tools.Permissions;
using ChatStream.Web.Usage;
using ChatStream.Web.Usage.Budgets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Privacy;

internal sealed class OwnData(
    IChatDatabase database, IConversationLibrary library, IAnswerLookup answers, IAnswerStopper stopper, IUsageReader usage,
    FileArchive files, IFolders folders, FileRemoval removal, IPromptBook prompts, IPreferenceStore preferences,
    UserBook users, IPermissions permissions, OwnRecords records, IOptions<ConversationOptions> options,
    IOptions<BudgetListOptions> budgets, TimeProvider time) : IOwnData
{
    /// <summary>Rows of one write, for which other writers wait.</summary>
    private const int Slice = 200;

    // What was done, and when, stays for its time. Who did it, and from where, goes, but for what administrators do: they cannot
    // erase their traces.
    internal static readonly string AuditWithoutUser = $"""
        UPDATE "AuditEvents" SET "OwnerId" = @erased, "Name" = @erasedName, "Address" = NULL
        WHERE "Id" IN (SELECT "Id" FROM "AuditEvents" WHERE "OwnerId" = @owner
            AND "Action" NOT IN ({string.Join(", ", AuditEvent.OfAdministrators.Select(action => $"'{action}'"))}) LIMIT @slice)
        """;

    private static readonly string[] Rest =
    [
        """
        DELETE FROM "Folders" WHERE "Id" IN (SELECT "Id" FROM "Folders" WHERE "OwnerId" = @owner LIMIT @slice)
        """,
        """
        DELETE FROM "StartKeys" WHERE ("OwnerId", "Key") IN
            (SELECT "OwnerId", "Key" FROM "StartKeys" WHERE "OwnerId" = @owner LIMIT @slice)
        """,
        """
        DELETE FROM "UsageDays" WHERE ("OwnerId", "Day", "Model", "Currency") IN
            (SELECT "OwnerId", "Day", "Model", "Currency" FROM "UsageDays"
            WHERE "OwnerId" = @owner AND "Day" < @before LIMIT @slice)
        """,
        // The calls of tools of today stay: the limit of a day holds for them.
        """
        DELETE FROM "UsageCounts" WHERE ("OwnerId", "Day", "Model", "Kind", "Name") IN
            (SELECT "OwnerId", "Day", "Model", "Kind", "Name" FROM "UsageCounts"
            WHERE "OwnerId" = @owner AND "Day" < @before AND NOT ("Kind" = 'Tool' AND "Day" >= @today) LIMIT @slice)
        """,
        """
        DELETE FROM "Prompts" WHERE "Id" IN (SELECT "Id" FROM "Prompts" WHERE "OwnerId" = @owner LIMIT @slice)
        """,
        """
        DELETE FROM "Preferences" WHERE "OwnerId" = @owner
        """,
        AuditWithoutUser,
    ];

    /// <inheritdoc/>
    public TimeSpan? RetainFor => options.Value.RetainFor;

    /// <inheritdoc/>
    public TimeSpan TemporaryFor => options.Value.TemporaryFor;

    /// <inheritdoc/>
    public async Task<int> CountAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Conversations.CountAsync(c => !c.IsTemporary, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ExportAsync(Owner owner, Stream archive, CancellationToken cancellationToken)
    {
        await using var writes = new HeldWrites(archive);
        var zip = await ZipArchive.CreateAsync(
            writes, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await using (zip)
        {
            foreach (var id in await IdsAsync(owner, cancellationToken))
            {
                // It may have been deleted since.
                if (await library.FindAsync(owner, id, cancellationToken) is not { } conversation)
                    continue;
                await answers.UpdateRunningAsync(owner, conversation.Messages, cancellationToken);
                await using var entry = await zip.CreateEntry($"conversations/{id}.json").OpenAsync(cancellationToken);
                await files.WriteAsync(owner, conversation.ToTree(), entry, cancellationToken);
            }
            await files.WriteAsync(owner, zip, cancellationToken);
            if (await SharesAsync(owner, cancellationToken) is { Count: > 0 } shares)
                await WriteAsync(zip, "shares.json", shares, WireJson.Wire.ListShareEntry, cancellationToken);
            await WriteAsync(
                zip, "folders.json", await folders.ListAsync(owner, cancellationToken), WireJson.Wire.FolderList,
                cancellationToken);
            if (await prompts.ListAsync(owner, cancellationToken) is { Count: > 0 } own)
                await WriteAsync(zip, "prompts.json", new PromptList(own), WireJson.Wire.PromptList, cancellationToken);
            if (await preferences.FindAsync(owner, cancellationToken) is { } chosen)
            {
                await WriteAsync(
                    zip, "preferences.json", chosen.ToDictionary(), WireJson.Wire.DictionaryStringString, cancellationToken);
            }
            if (await records.FindAsync(owner, cancellationToken) is { } account)
                await WriteAsync(zip, "account.json", account, WireJson.Wire.AccountEntry, cancellationToken);
            await WriteAsync(
                zip, "audit.json", records.ReadAuditAsync(owner, cancellationToken), WireJson.Wire.IAsyncEnumerableAuditEntry,
                cancellationToken);
            var used = await usage.ReadAsync(owner, ExpiredUsage.DaysKept, cancellationToken);
            await WriteAsync(zip, "usage.json", used, WireJson.Wire.UsageReport, cancellationToken);
        }
        await writes.FlushAsync(cancellationToken);
    }

    private static async Task WriteAsync<T>(
        ZipArchive zip, string name, T payload, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await using var entry = await zip.CreateEntry(name).OpenAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(entry, payload, type, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<int> EraseAsync(Owner owner)
    {
        var deleted = 0;
        while (await AllIdsAsync(owner) is { Count: > 0 } ids)
        {
            foreach (var id in ids)
                deleted += await RemoveAsync(owner, id) ? 1 : 0;
        }
        // What was deleted before is removed at once, too. It does not count.
        foreach (var id in await AllIdsAsync(owner.Deleted))
            await RemoveAsync(owner.Deleted, id);
        await removal.EraseAsync(owner);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var before = SumsBefore(today);
        foreach (var sql in Rest)
        {
            while (await database.WriteAsync(
                owner, db => db.Command(sql).With("@before", before).With("@today", today).With("@slice", Slice)
                    .With("@erased", Owner.Erased.Id).With("@erasedName", Caller.Erased.Name)
                    .ExecuteNonQueryAsync()) == Slice)
            {
            }
        }
        await users.ForgetAsync(owner);
        await permissions.RevokeAllAsync(owner);
        return deleted;
    }

    // With budgets, those of this month stay: to erase everything must not open a budget again.
    private DateOnly SumsBefore(DateOnly today) =>
        budgets.Value.Budgets.Count == 0 ? DateOnly.MaxValue : new DateOnly(today.Year, today.Month, 1);

    private async Task<List<string>> IdsAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Conversations.Where(c => !c.IsTemporary).OrderBy(c => c.UpdatedAt).Select(c => c.Id)
            .ToListAsync(cancellationToken);
    }

    private async Task<List<ShareEntry>> SharesAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Shares.OrderBy(s => s.CreatedAt).Select(s => new ShareEntry(
            s.ConversationId, s.Title, s.CreatedAt, s.ExpiresAt, s.HasReasoning, s.HasFiles)).ToListAsync(cancellationToken);
    }

    private async Task<bool> RemoveAsync(Owner owner, string id)
    {
        if (await library.DeleteAsync(owner, id) is not { } running)
            return false;
        await stopper.StopDeletedAsync(owner, id, running);
        return true;
    }

    private async Task<List<string>> AllIdsAsync(Owner owner)
    {
        await using var db = database.ReadAs(owner);
        return await db.Conversations.Select(c => c.Id).ToListAsync();
    }
}
