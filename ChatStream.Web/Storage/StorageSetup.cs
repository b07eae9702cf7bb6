using ChatStream.Web.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Storage;

internal static class StorageSetup
{
    /// <summary>
    /// The key of the clock that times the database. A commit takes real time, so a test that stops the app's clock leaves this
    /// one running.
    /// </summary>
    public const string Clock = "storage";

    /// <summary>PostgreSQL where a connection string names it, else the SQLite file in the data folder.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddCheckedOptions<DataOptions>(DataOptions.Section);
        services.AddSingleton<IValidateOptions<DataOptions>, DataOptions.Check>();
        services.AddKnownSection<ConnectionOptions>(DataOptions.Connections);
        services.AddSingleton(provider =>
            new DatabaseTime(TimeProvider.System, provider.GetRequiredService<ILogger<DatabaseTime>>()));
        services.TryAddSingleton(provider =>
            PostgresOf(provider) is null ? TimeProvider.System : provider.GetRequiredService<DatabaseTime>());
        services.TryAddKeyedSingleton(Clock, (provider, _) => provider.GetRequiredService<TimeProvider>());
        services.AddSingleton<IChatDatabase>(provider =>
            new BoundedDatabase(Choose(provider), provider.GetRequiredKeyedService<TimeProvider>(Clock)));
        services.AddSingleton<IInstances>(provider => PostgresOf(provider) is { } postgres
            ? new PostgresInstances(
                postgres, DataFolder.NameIn(FolderOf(provider)), provider.GetRequiredService<DatabaseTime>())
            : new OneInstance());
        services.AddSingleton(provider => new FolderLock(FolderOf(provider)));
        services.AddSingleton<WriteProbe>();
        return services;
    }

    private static IChatDatabase Choose(IServiceProvider provider) => PostgresOf(provider) is { } postgres
        ? new PostgresDatabase(postgres)
        : new SqliteDatabase(
            FolderOf(provider),
            provider.GetRequiredService<ILogger<SqliteDatabase>>(),
            time: provider.GetRequiredKeyedService<TimeProvider>(Clock),
            folderLock: provider.GetRequiredService<FolderLock>());

    private static string FolderOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<DataOptions>>().Value
        .FolderUnder(provider.GetRequiredService<IHostEnvironment>().ContentRootPath);

    /// <summary>The connection string; null where the database is SQLite.</summary>
    private static string? PostgresOf(IServiceProvider provider)
    {
        var set = provider.GetRequiredService<IConfiguration>().GetConnectionString(nameof(ConnectionOptions.Postgres));
        return set is { Length: > 0 } ? set : null;
    }
}
