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
        services.TryAddKeyedSingleton(Clock, (provider, _) => provider.GetRequiredService<TimeProvider>());
        services.AddSingleton<IChatDatabase>(provider =>
            new BoundedDatabase(Choose(provider), provider.GetRequiredKeyedService<TimeProvider>(Clock)));
        services.AddSingleton<WriteProbe>();
        return services;
    }

    private static IChatDatabase Choose(IServiceProvider provider) =>
        provider.GetRequiredService<IConfiguration>().GetConnectionString("Postgres") is { Length: > 0 } postgres
            ? new PostgresDatabase(postgres)
            : new SqliteDatabase(
                provider.GetRequiredService<IOptions<DataOptions>>().Value
                    .FolderUnder(provider.GetRequiredService<IHostEnvironment>().ContentRootPath),
                provider.GetRequiredService<ILogger<SqliteDatabase>>(),
                time: provider.GetRequiredKeyedService<TimeProvider>(Clock));
}
