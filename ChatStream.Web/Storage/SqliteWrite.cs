using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>One caller's write in a grouped commit. The caller gets its result or exception once the commit is decided.</summary>
internal abstract class SqliteWrite(Owner owner, long number)
{
    /// <summary>
    /// First come, first served, except that the app's own writes, checkpoints above all, go before those of users. Streamed text
    /// must be durable within half a second, however many answers start and end meanwhile.
    /// </summary>
    public static IComparer<SqliteWrite> Order { get; } = Comparer<SqliteWrite>.Create((one, other) =>
        (!one.IsOwn, one.Number).CompareTo((!other.IsOwn, other.Number)));

    public Owner Owner => owner;

    /// <summary>Whether it is the app's own, and of no user.</summary>
    public bool IsOwn => owner == default;

    private long Number => number;

    public abstract Task RunAsync(ChatDbContext db);

    /// <summary>Notes that this write's own work threw. The others of the group go on.</summary>
    public abstract void Refuse(Exception fault);

    /// <summary>Tells the caller that the group was committed, or what its own work threw.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that the group was not committed.</summary>
    public abstract void Fail(Exception fault);
}

internal sealed class SqliteWrite<T>(Owner owner, long number, Func<ChatDbContext, Task<T>> work) : SqliteWrite(owner, number)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _refused;

    public Task<T> Task => _done.Task;

    public override async Task RunAsync(ChatDbContext db) => _result = await work(db);

    public override void Refuse(Exception fault) => _refused = fault;

    public override void Complete()
    {
        if (_refused is null)
            _done.SetResult(_result!);
        else
            _done.SetException(_refused);
    }

    public override void Fail(Exception fault) => _done.TrySetException(_refused ?? fault);
}
