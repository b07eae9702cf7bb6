using Microsoft.Extensions.Configuration.Json;

namespace ChatStream.Web.Settings;

/// <summary>Where the app finds itself and its settings, however it was started.</summary>
internal static class SettingsSources
{
    /// <summary>
    /// A published app is its own content root, whichever directory it is started from. Run from the sources, page and assets
    /// are in the project's folder, and the output directory has no <c>wwwroot</c>.
    /// </summary>
    public static WebApplicationOptions OptionsFor(string[] args) => new()
    {
        Args = args,
        ContentRootPath = Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot")) ? AppContext.BaseDirectory : null,
    };

    /// <summary>
    /// The defaults of <c>appsettings.json</c> at the root of the repository, copied beside the app. First, so that whatever
    /// else there is overrides them.
    /// </summary>
    public static void AddDefaults(this ConfigurationManager configuration)
    {
        var source = new JsonConfigurationSource { Path = Path.Combine(AppContext.BaseDirectory, "appsettings.json") };
        source.ResolveFileProvider();
        configuration.Sources.Insert(0, source);
    }
}
