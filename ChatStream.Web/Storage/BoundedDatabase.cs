using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>Bounds how long a write may take. So a database that hangs refuses writes, as one that fails does.</summary>
/// <param name="inner">The database.</param>
/// <param name="time">Real time: a commit takes some.</param>
internal sealed class BoundedDatabase(IChatDatabase inner, TimeProvider time) : IChatDatabase, IAsyncDisposable
{
    /// <summary>How long a write may take, the time in which it waits for others included.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public ChatDbContext ReadAs(Owner owner) => inner.ReadAs(owner);

    /// <summary>As that of the database. A write that has not begun when the time is up never will.</summary>
    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        var isGivenUp = false;
        var write = inner.WriteAsync(owner, db => Volatile.Read(ref isGivenUp)
            ? throw new OperationCanceledException("The write was given up before it began.")
            : work(db));
        try
        {
            return await write.WaitAsync(Patience, time);
        }
        catch (TimeoutException fault)
        {
            if (write.IsCompleted)
                return await write;
            Volatile.Write(ref isGivenUp, true);
            _ = write.ContinueWith(
                static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
            throw new StorageException(fault) { IsUnknown = true };
        }
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();
}
