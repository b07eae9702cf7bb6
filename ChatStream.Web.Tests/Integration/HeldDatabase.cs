using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The database, whose writers learn of their commit only once a test lets them.</summary>
internal sealed class HeldDatabase(IChatDatabase inner) : IChatDatabase, IAsyncDisposable
{
    /// <summary>Where the next writer waits, committed.</summary>
    public Gate? Hold { get; set; }

    public static void AddTo(IServiceCollection services)
    {
        var descriptor = services.Single(service => service.ServiceType == typeof(IChatDatabase));
        services.Remove(descriptor);
        services.AddSingleton(provider => new HeldDatabase((IChatDatabase)descriptor.ImplementationFactory!(provider)));
        services.AddSingleton<IChatDatabase>(provider => provider.GetRequiredService<HeldDatabase>());
    }

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public ChatDbContext ReadAs(Owner owner) => inner.ReadAs(owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        var result = await inner.WriteAsync(owner, work);
        if (Hold is { } gate)
        {
            Hold = null;
            await gate.WaitAsync(CancellationToken.None);
        }
        return result;
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();
}
