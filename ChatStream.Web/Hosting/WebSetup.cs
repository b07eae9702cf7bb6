using System.Globalization;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Controllers;
using ChatStream.Web.Settings;
using ChatStream.Web.Streaming;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal static class WebSetup
{
    /// <summary>
    /// The longest request line that the web server reads: twice what a start may have, so that a message that is a little too
    /// long is refused with a problem that names it.
    /// </summary>
    private const int LongestRequestLine = 2 * RequestLimits.RequestLine;

    /// <summary>How long stopping may take after the running answers have ended, for the database to store them.</summary>
    public static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(10);

    /// <summary>Adds MVC, the web server's limits, and the time that stopping may take.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddCheckedOptions<StreamingOptions>(StreamingOptions.Section);
        services.AddOptions<SiteOptions>().BindConfiguration("").ValidateOnStart();
        services.PostConfigure<SiteOptions>(site => site.Normalise());
        services.AddSingleton<IValidateOptions<SiteOptions>, SiteOptions.Check>();
        services.AddSingleton<IPublicOrigin, PublicOrigin>();
        HostGuard.AddTo(services);
        ProblemWriter.AddTo(services);
        services.AddSingleton<PageModels>();
        var mvc = services.AddControllersWithViews(Bind).AddViewLocalization();
#if DEBUG
        if (environment.IsDevelopment())
            mvc.AddRazorRuntimeCompilation();
#endif
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
        });
        services.AddOptions<HostOptions>().Configure<IConfiguration>((host, settings) =>
            host.ShutdownTimeout = AfterDrain + DrainFor(settings));
        return services;
    }

    private static void Bind(MvcOptions mvc)
    {
        mvc.InputFormatters.Insert(0, new WireInputFormatter());
        mvc.ModelBinderProviders.Insert(0, new QueryBinder.Provider());
        mvc.ModelBinderProviders.Insert(0, new HeaderBinder.Provider());
        mvc.ModelBinderProviders.Insert(1, new RouteBinder.Provider());
        // The app's binders read the request themselves. MVC's own would read a body as a form if it has that type, and throw at
        // names such as "[".
        mvc.ValueProviderFactories.Clear();
        // The formatter and the binder refuse what is wrong. MVC need not look at each member of an imported conversation again.
        mvc.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
    }

    /// <summary>
    /// The setting, or its default if it cannot be read. The host asks before the settings are checked, and a wrong one must be
    /// reported together with all others.
    /// </summary>
    private static TimeSpan DrainFor(IConfiguration settings)
    {
        var text = settings[$"{GenerationOptions.Section}:{nameof(GenerationOptions.DrainFor)}"];
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var drainFor)
            ? drainFor
            : new GenerationOptions().DrainFor;
    }
}
