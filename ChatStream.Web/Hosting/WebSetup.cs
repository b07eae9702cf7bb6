using System.Globalization;
using System.Reflection;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Settings;
using ChatStream.Web.Streaming;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

internal static class WebSetup
{
    /// <summary>MVC, the web server's limits, and the time that stopping may take.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddCheckedOptions<StreamingOptions>(StreamingOptions.Section);
        services.AddOptions<SiteOptions>().BindConfiguration("").ValidateOnStart();
        services.AddSingleton<IValidateOptions<SiteOptions>, SiteOptions.Check>();
        services.AddProblemDetails().AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        var mvc = services.AddControllersWithViews()
            .AddViewLocalization()
            .ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new InternalControllers()));
#if DEBUG
        if (environment.IsDevelopment())
            mvc.AddRazorRuntimeCompilation();
#endif
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Twice what a start may have: what is a little too long is answered with a problem that names the field.
            kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        });
        // Read by hand: the host wants it before the settings are checked, and a wrong one is to be told with all others.
        services.AddOptions<HostOptions>().Configure<IConfiguration>((host, settings) => host.ShutdownTimeout = TimeSpan.FromSeconds(10)
            + (TimeSpan.TryParse(settings[$"{GenerationOptions.Section}:{nameof(GenerationOptions.DrainFor)}"], CultureInfo.InvariantCulture, out var drainFor)
                ? drainFor : new GenerationOptions().DrainFor));
        return services;
    }

    /// <summary>Controllers are internal, as what they are given is.</summary>
    private sealed class InternalControllers : ControllerFeatureProvider
    {
        protected override bool IsController(TypeInfo typeInfo) =>
            typeInfo is { IsAbstract: false, IsPublic: false } && typeof(Controller).IsAssignableFrom(typeInfo);
    }
}
