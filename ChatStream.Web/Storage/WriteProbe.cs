namespace ChatStream.Web.Storage;

/// <summary>Finds out whether the database takes a write, by writing a row. However many ask, it writes once a second.</summary>
internal sealed class WriteProbe(IChatDatabase database, [FromKeyedServices(StorageSetup.Clock)] TimeProvider time)
{
    /// <summary>How long a caller waits. A write that takes longer goes on, and the next caller waits for the same one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private const string Write = """
        INSERT INTO "Probes" ("Id", "WrittenAt") VALUES (1, @now)
        ON CONFLICT ("Id") DO UPDATE SET "WrittenAt" = excluded."WrittenAt"
        """;

    private readonly Lock _gate = new();
    private Task<bool> _last = Task.FromResult(false);
    private long? _begun;

    /// <summary>Whether the database takes writes, as it was found within the last second.</summary>
    public async Task<bool> IsTakenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Current().WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private Task<bool> Current()
    {
        lock (_gate)
        {
            if (_begun is not { } begun || (_last.IsCompleted && time.GetElapsedTime(begun) >= KeptFor))
                (_begun, _last) = (time.GetTimestamp(), Task.Run(WriteAsync, CancellationToken.None));
            return _last;
        }
    }

    private async Task<bool> WriteAsync()
    {
        try
        {
            return await database.WriteAsync(default, db =>
                db.Command(Write).With("@now", time.GetUtcNow()).ExecuteNonQueryAsync()) > 0;
        }
        catch (StorageException)
        {
            return false;
        }
    }
}
