using ChatStream.Web.Conversations;
using ChatStream.Web.Files.Documents;
using ChatStream.Web.Settings;

namespace ChatStream.Web.Files;

internal static class FileSetup
{
    /// <summary>Adds what takes files of users, reads and stores them.</summary>
    public static IServiceCollection AddFiles(this IServiceCollection services)
    {
        services.AddCheckedOptions<FilesOptions>(FilesOptions.Section);
        services.AddSingleton<ReadingProcess>();
        services.AddSingleton<FileReader>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<FileDesk>();
        services.AddSingleton<IFileDesk>(provider => provider.GetRequiredService<FileDesk>());
        services.AddSingleton<IFileImport, FileImport>();
        services.AddSingleton<IFileExport, FileExport>();
        services.AddSingleton<FileRemoval>();
        services.AddHostedService(provider => provider.GetRequiredService<FileRemoval>());
        return services;
    }
}
