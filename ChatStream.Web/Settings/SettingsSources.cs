using Microsoft.Extensions.Configuration.Json;

namespace ChatStream.Web.Settings;

/// <summary>Where the app finds its files and its settings, however it was started.</summary>
internal static class SettingsSources
{
    /// <summary>
    /// Options by which the app finds its page and assets. Published, they are beside the app, whatever the current directory is.
    /// Run from the sources, they are in the project's folder, and the output directory has no <c>wwwroot</c>.
    /// </summary>
    public static WebApplicationOptions OptionsFor(string[] args) => new()
    {
        Args = args,
        ContentRootPath = Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot")) ? AppContext.BaseDirectory : null,
    };

    /// <summary>
    /// Adds the defaults: <c>appsettings.json</c> of the repository's root, which the build copies beside the app. They come
    /// first, so that every other source overrides them.
    /// </summary>
    public static void AddDefaults(this ConfigurationManager configuration)
    {
        var source = new JsonConfigurationSource { Path = Path.Combine(AppContext.BaseDirectory, "appsettings.json") };
        source.ResolveFileProvider();
        configuration.Sources.Insert(0, source);
    }
}
