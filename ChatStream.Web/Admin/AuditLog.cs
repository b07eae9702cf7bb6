using System.Globalization;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Admin;

/// <summary>
/// The audit log, in a table that all instances share. What is too old is removed, in slices between other writes.
/// </summary>
internal sealed partial class AuditLog(
    IChatDatabase database, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditLog> logger)
    : BackgroundService, IAuditLog
{
    private const int OfPage = 100;
    private const int Slice = 200;

    private const string Add = """
        INSERT INTO "AuditEvents" ("At", "OwnerId", "Name", "Action", "Subject", "Address")
        VALUES (@now, @owner, @name, @action, @subject, @address) RETURNING "Id"
        """;

    private const string SetSubject = """UPDATE "AuditEvents" SET "Subject" = @subject WHERE "Id" = @id""";

    private const string Page = """
        SELECT e."Id", e."At", e."OwnerId", COALESCE(e."Name", u."Name"), e."Action", e."Subject", e."Address"
        FROM "AuditEvents" AS e LEFT JOIN "Users" AS u ON u."OwnerId" = e."OwnerId"
        WHERE e."Id" < @before ORDER BY e."Id" DESC LIMIT @limit
        """;

    private const string Remove = """
        DELETE FROM "AuditEvents" WHERE "Id" IN (SELECT "Id" FROM "AuditEvents" WHERE "At" < @before LIMIT @slice)
        """;

    private static readonly TimeSpan Every = TimeSpan.FromHours(6);

    private readonly LeftOutEntries _leftOut = new();

    // Its settings are read with the first entry: when the app is set up they are not checked yet.
    private readonly Lazy<AuditRate> _rate = new(() => new AuditRate(options.Value.PerMinute, time));

    /// <inheritdoc/>
    public async Task NoteAsync(Caller caller, AuditAction action, string? subject = null)
    {
        // A sign-in that was refused may have no user.
        var user = string.IsNullOrEmpty(caller.Owner.Id) ? $"address:{caller.Address}" : caller.Owner.Id;
        if (!AuditEvent.OfAdministrators.Contains(action) && !_rate.Value.Takes(user, action, out var isFirstLeftOut))
        {
            if (isFirstLeftOut)
                Log.LeftOut(logger, action);
            if (_leftOut.Add(caller, action) is { } count)
                await count.AddRowAsync(() => AddAsync(caller, AuditAction.EntriesLeftOut, SubjectOf(count)));
            return;
        }
        await AddAsync(caller, action, subject);
    }

    /// <summary>Notes how many entries were left out since it was called last, for each user and action.</summary>
    public async Task NoteLeftOutAsync()
    {
        foreach (var count in _leftOut.Take())
        {
            // The row has the first one. That it could not be added has been logged.
            if (count.Count == 1 || await count.Row is not { } row)
                continue;
            try
            {
                await database.WriteAsync(default, db => db.Command(SetSubject).With("@subject", SubjectOf(count))
                    .With("@id", row).ExecuteNonQueryAsync());
            }
            catch (StorageException fault)
            {
                Log.NotNoted(logger, AuditAction.EntriesLeftOut, SubjectOf(count), fault.InnerException!);
                return; // the others would wait as long, one after the other
            }
        }
    }

    /// <returns>The number of the row; null: it could not be added.</returns>
    private async Task<long?> AddAsync(Caller caller, AuditAction action, string? subject)
    {
        try
        {
            return await database.WriteAsync(caller.Owner, async db => (long?)await db.Command(Add)
                .With("@now", time.GetUtcNow()).With("@name", caller.Owner.IsProgram ? caller.Owner.KeyName : caller.Name)
                .With("@action", action.ToString()).With("@subject", subject)
                .With("@address", options.Value.Addresses && caller.Address.Length > 0 ? caller.Address : null)
                .ExecuteScalarAsync());
        }
        catch (StorageException fault)
        {
            Log.NotNoted(logger, action, subject, fault.InnerException!);
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<AuditPage> ReadAsync(long? before, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(default);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var (entries, ids) = (new List<AuditEntry>(), new List<long>());
        await using var rows = await db.Command(Page).With("@before", before ?? long.MaxValue).With("@limit", OfPage + 1)
            .ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            ids.Add(rows.GetInt64(0));
            // A newer version beside this one writes actions that are not known here.
            if (ids.Count > OfPage || !Enum.TryParse<AuditAction>(rows.GetString(4), out var action))
                continue;
            var owner = new Owner(rows.GetString(2));
            entries.Add(new AuditEntry(
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(1)),
                AdminQueries.NameOf(owner.Id, AdminQueries.TextIn(rows, 3)), action,
                AdminQueries.TextIn(rows, 5), AdminQueries.TextIn(rows, 6))
            {
                Id = owner == Owner.Erased ? null : owner.Pseudonym,
            });
        }
        return new AuditPage(entries, ids.Count > OfPage ? ids[OfPage - 1] : null);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync(Every, () => RemoveOldAsync(stoppingToken), stoppingToken),
        RepeatAsync(AuditRate.Minute, NoteLeftOutAsync, stoppingToken));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await NoteLeftOutAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Without a database each number would take its time. The entries say one.
        }
    }

    private async Task RepeatAsync(TimeSpan every, Func<Task> work, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await work();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Removes all that is too old.</summary>
    public async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        if (options.Value.KeepFor is not { } keptFor)
            return;
        var before = time.GetUtcNow() - keptFor;
        try
        {
            while (!cancellationToken.IsCancellationRequested && await database.WriteAsync(default, db =>
                db.Command(Remove).With("@before", before).With("@slice", Slice).ExecuteNonQueryAsync(CancellationToken.None))
                == Slice)
            {
            }
        }
        catch (StorageException fault)
        {
            Log.NotRemoved(logger, fault.InnerException!);
        }
    }

    /// <summary>With the action as the contract has it.</summary>
    private static string SubjectOf(LeftOutCount count) => string.Create(
        CultureInfo.InvariantCulture, $"{count.Count} {JsonNamingPolicy.SnakeCaseLower.ConvertName(count.Action.ToString())}");

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The audit log lacks an entry: {Action} {Subject}")]
        public static partial void NotNoted(ILogger logger, AuditAction action, string? subject, Exception fault);

        [LoggerMessage(EventId = 3, Level = LogLevel.Warning,
            Message = "A user adds more than Audit:PerMinute entries to the audit log, the last by {Action}. Some are counted.")]
        public static partial void LeftOut(ILogger logger, AuditAction action);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Old entries of the audit log could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}
