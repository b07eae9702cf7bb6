using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>A database whose writes fail or wait on demand.</summary>
internal sealed class FaultyDatabase(IChatDatabase inner) : IChatDatabase, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Done)> _waiting = [];
    private int _attempts;

    /// <summary>Each write fails, as on a full disk.</summary>
    public volatile bool Fails;

    /// <summary>Where each write waits.</summary>
    public Gate? Hold { get; set; }

    /// <summary>Writes that were begun.</summary>
    public int Attempts
    {
        get { lock (_gate) return _attempts; }
    }

    public static void AddTo(IServiceCollection services)
    {
        var descriptor = services.Single(service => service.ServiceType == typeof(IChatDatabase));
        services.Remove(descriptor);
        services.AddSingleton(provider => new FaultyDatabase((IChatDatabase)descriptor.ImplementationFactory!(provider)));
        services.AddSingleton<IChatDatabase>(provider => new BoundedDatabase(
            provider.GetRequiredService<FaultyDatabase>(), provider.GetRequiredKeyedService<TimeProvider>(StorageSetup.Clock)));
    }

    /// <summary>Completes when so many writes have ended, one way or the other, from now on.</summary>
    public Task MoreAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((_attempts + count, done));
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public ChatDbContext ReadAs(Owner owner) => inner.ReadAs(owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        try
        {
            if (Hold is { } gate)
                await gate.WaitAsync(CancellationToken.None);
            if (Fails)
                throw new StorageException(new IOException("No space left on device"));
            return await inner.WriteAsync(owner, work);
        }
        finally
        {
            lock (_gate)
            {
                _attempts++;
                foreach (var (_, done) in _waiting.Where(waiting => waiting.Count <= _attempts))
                    done.TrySetResult();
            }
        }
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();
}
