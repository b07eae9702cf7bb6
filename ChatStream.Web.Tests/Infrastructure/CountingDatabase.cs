using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A database that counts its transactions and can hold them.</summary>
internal sealed class CountingDatabase(IChatDatabase inner) : IChatDatabase
{
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Done)> _waiting = [];
    private int _writes;

    public int Writes
    {
        get { lock (_gate) return _writes; }
    }

    /// <summary>Where each write waits, before it begins.</summary>
    public Gate? Hold { get; set; }

    /// <summary>Completes when so many have been committed.</summary>
    public Task WrittenAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_writes >= count)
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, done));
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public ChatDbContext ReadAs(Owner owner) => inner.ReadAs(owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        if (Hold is { } gate)
            await gate.WaitAsync(CancellationToken.None);
        var result = await inner.WriteAsync(owner, work);
        lock (_gate)
        {
            _writes++;
            foreach (var (_, done) in _waiting.Where(waiting => waiting.Count <= _writes))
                done.TrySetResult();
        }
        return result;
    }
}
