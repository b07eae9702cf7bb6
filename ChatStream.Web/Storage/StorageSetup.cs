using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Storage;

internal static class StorageSetup
{
    /// <summary>PostgreSQL where a connection string names it, else the SQLite file in the data folder.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddCheckedOptions<DataOptions>(DataOptions.Section);
        services.AddSingleton<IChatDatabase>(provider =>
            provider.GetRequiredService<IConfiguration>().GetConnectionString("Postgres") is { Length: > 0 } postgres
                ? new PostgresDatabase(postgres)
                : new SqliteDatabase(
                    provider.GetRequiredService<IOptions<DataOptions>>().Value
                        .FolderUnder(provider.GetRequiredService<IHostEnvironment>().ContentRootPath),
                    provider.GetRequiredService<ILogger<SqliteDatabase>>(),
                    time: provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
