namespace ChatStream.Web.Preferences;

internal static class PreferenceSetup
{
    public static IServiceCollection AddPreferences(this IServiceCollection services) =>
        services.AddSingleton<IPreferenceStore, PreferenceStore>();
}
