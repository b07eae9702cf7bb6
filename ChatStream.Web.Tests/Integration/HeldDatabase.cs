using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A database that reports a commit only when the test releases it.</summary>
internal sealed class HeldDatabase(IChatDatabase inner) : IChatDatabase, IAsyncDisposable
{
    /// <summary>The gate at which the next writer waits after its commit.</summary>
    public Gate? Hold { get; set; }

    public static void AddTo(IServiceCollection services)
    {
        var descriptor = services.Single(service => service.ServiceType == typeof(IChatDatabase));
        services.Remove(descriptor);
        services.AddSingleton(provider => new HeldDatabase((IChatDatabase)descriptor.ImplementationFactory!(provider)));
        services.AddSingleton<IChatDatabase>(provider => new BoundedDatabase(
            provider.GetRequiredService<HeldDatabase>(), provider.GetRequiredKeyedService<TimeProvider>(StorageSetup.Clock)));
    }

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public ChatDbContext ReadAs(Owner owner) => inner.ReadAs(owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        var result = await inner.WriteAsync(owner, work);
        // Writes of no owner are those of the process itself, which come whenever they come.
        if (owner != default && Hold is { } gate)
        {
            Hold = null;
            await gate.WaitAsync(CancellationToken.None);
        }
        return result;
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();
}
