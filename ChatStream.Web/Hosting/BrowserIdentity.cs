using System.Security.Claims;
using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Identifies the owner of a request: a browser by its cookie, which it gets with its first response, or a program by its API
/// key.
/// </summary>
internal static class BrowserIdentity
{
    private const string CookieName = "chatstream";

    /// <summary>The longest time that browsers keep a cookie.</summary>
    private static readonly TimeSpan CookieAge = TimeSpan.FromDays(400);

    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddKnownSection<ApiOptions>(ApiOptions.Section);
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptions.Check>();
        services.AddDataProtection().SetApplicationName("ChatStream");
        services.AddOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>()
            .Configure<IOptions<DataOptions>, IHostEnvironment, ILoggerFactory>((keys, data, environment, loggers) =>
                keys.XmlRepository = new Microsoft.AspNetCore.DataProtection.Repositories.FileSystemXmlRepository(
                    new DirectoryInfo(Path.Combine(data.Value.FolderUnder(environment.ContentRootPath), DataFolder.Keys)),
                    loggers));

        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookie =>
            {
                cookie.Cookie.Name = CookieName;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = CookieAge;
                cookie.SlidingExpiration = true;
                cookie.ForwardDefaultSelector = http => BearsKey(http) ? ApiKeyHandler.Scheme : null;
            })
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, null);
        return services;
    }

    /// <summary>
    /// Gives a new identity to a browser that has none. A wrong key is refused: a program must not become a browser unnoticed.
    /// </summary>
    public static IApplicationBuilder UseIdentity(this IApplicationBuilder app) => app
        .UseAuthentication()
        .Use(async (http, next) =>
        {
            if (http.User.Identity is { IsAuthenticated: true } || !IsForController(http))
            {
                await next(http);
            }
            else if (BearsKey(http))
            {
                await http.ChallengeAsync(ApiKeyHandler.Scheme);
            }
            else
            {
                http.User = NewUser();
                await http.SignInAsync(
                    CookieAuthenticationDefaults.AuthenticationScheme, http.User, new() { IsPersistent = true });
                await next(http);
            }
        });

    /// <summary>Other schemes are ignored: a browser behind a proxy that asks for a password sends <c>Basic</c>.</summary>
    private static bool BearsKey(HttpContext http) =>
        http.Request.Headers.Authorization.ToString().Split(' ')[0].Equals("Bearer", StringComparison.OrdinalIgnoreCase);

    /// <summary>Assets and health checks need no identity.</summary>
    private static bool IsForController(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>() is not null;

    private static ClaimsPrincipal NewUser() => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, Owner.NewBrowser().Id)], CookieAuthenticationDefaults.AuthenticationScheme));
}
