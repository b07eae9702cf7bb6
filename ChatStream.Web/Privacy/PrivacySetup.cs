namespace ChatStream.Web.Privacy;

internal static class PrivacySetup
{
    /// <summary>Adds what gives users all that is stored of them, and removes it.</summary>
    public static IServiceCollection AddPrivacy(this IServiceCollection services)
    {
        services.AddSingleton<FileArchive>();
        services.AddSingleton<OwnRecords>();
        services.AddSingleton<IOwnData, OwnData>();
        services.AddSingleton<IBrowserMove, BrowserMove>();
        return services;
    }
}
