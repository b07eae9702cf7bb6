using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Storage;

/// <summary>One caller's share of a grouped commit. What it returns or throws is told only once the commit is decided.</summary>
internal abstract class SqliteWrite(Owner owner)
{
    public Owner Owner => owner;

    public abstract Task RunAsync(ChatDbContext db);

    /// <summary>Its own work threw: the others of the group go on.</summary>
    public abstract void Refuse(Exception fault);

    /// <summary>The group was committed.</summary>
    public abstract void Complete();

    /// <summary>The group was not committed.</summary>
    public abstract void Fail(Exception fault);
}

internal sealed class SqliteWrite<T>(Owner owner, Func<ChatDbContext, Task<T>> work) : SqliteWrite(owner)
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
