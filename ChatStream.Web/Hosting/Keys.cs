using ChatStream.Web.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Where the keys are that sign the cookies: in the database where several instances share one, else in the data folder.
/// </summary>
internal static class Keys
{
    public static void AddKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("ChatStream");
        // For the repository, which asks for it in a scope of its own.
        services.AddScoped(provider => (PostgresChatDbContext)provider.GetRequiredService<IChatDatabase>().ReadAs(default));
        services.AddOptions<KeyManagementOptions>()
            .Configure<IServiceProvider, ILoggerFactory>((keys, provider, loggers) =>
                keys.XmlRepository = provider.GetRequiredService<IInstances>().AreMany
                    ? new EntityFrameworkCoreXmlRepository<PostgresChatDbContext>(provider, loggers)
                    : InFolder(provider));
        services.AddHostedService<Mover>();
    }

    private static FileSystemXmlRepository InFolder(IServiceProvider provider) => new(
        new DirectoryInfo(Path.Combine(
            provider.GetRequiredService<IOptions<DataOptions>>().Value
                .FolderUnder(provider.GetRequiredService<IHostEnvironment>().ContentRootPath),
            DataFolder.Keys)),
        provider.GetRequiredService<ILoggerFactory>());

    /// <summary>
    /// Copies the keys of the folder into a database that has none yet, so that the users of one instance stay who they are when
    /// there are more. It runs when the database is open, and before the first key is read or made.
    /// </summary>
    private sealed class Mover(IServiceProvider provider, IInstances instances, IChatDatabase database) : IHostedLifecycleService
    {
        public async Task StartingAsync(CancellationToken cancellationToken)
        {
            if (!instances.AreMany)
                return;
            var elements = InFolder(provider).GetAllElements();
            await database.WriteAsync(default, async db =>
            {
                var keys = ((PostgresChatDbContext)db).DataProtectionKeys;
                if (elements.Count == 0 || await keys.AnyAsync(CancellationToken.None))
                    return 0;
                keys.AddRange(elements.Select(element => new DataProtectionKey { Xml = element.ToString() }));
                return await db.SaveChangesAsync(CancellationToken.None);
            });
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
