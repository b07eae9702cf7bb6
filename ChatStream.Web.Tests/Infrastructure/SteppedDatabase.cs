using System.Collections.Concurrent;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A database that notes who writes, and lets a test do something before a write of an owner.</summary>
internal sealed class SteppedDatabase(IChatDatabase inner) : IChatDatabase, IAsyncDisposable
{
    private readonly ConcurrentDictionary<Owner, int> _begun = new();

    /// <summary>Runs before each write, with its owner and the number of that owner's write, from 1 on.</summary>
    public Func<Owner, int, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public static void AddTo(IServiceCollection services)
    {
        var descriptor = services.Single(service => service.ServiceType == typeof(IChatDatabase));
        services.Remove(descriptor);
        services.AddSingleton(provider => new SteppedDatabase((IChatDatabase)descriptor.ImplementationFactory!(provider)));
        services.AddSingleton<IChatDatabase>(provider => provider.GetRequiredService<SteppedDatabase>());
    }

    /// <summary>Writes of this owner that were begun.</summary>
    public int WritesOf(Owner owner) => _begun.GetValueOrDefault(owner);

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public ChatDbContext ReadAs(Owner owner) => inner.ReadAs(owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        await Before(owner, _begun.AddOrUpdate(owner, 1, (_, count) => count + 1));
        return await inner.WriteAsync(owner, work);
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();
}
