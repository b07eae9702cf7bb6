using System.Security.Claims;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Who a request speaks for: a browser by its identity cookie, given to it with the first answer, or a program by its API key.
/// </summary>
internal static class BrowserIdentity
{
    public const string CookieName = "chatstream";

    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptions.Check>();
        services.AddDataProtection().SetApplicationName("ChatStream");
        services.AddOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>()
            .Configure<IOptions<DataOptions>, IHostEnvironment, ILoggerFactory>((keys, data, environment, loggers) =>
                keys.XmlRepository = new Microsoft.AspNetCore.DataProtection.Repositories.FileSystemXmlRepository(
                    new DirectoryInfo(Path.Combine(data.Value.FolderUnder(environment.ContentRootPath), "keys")), loggers));

        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookie =>
            {
                cookie.Cookie.Name = CookieName;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = TimeSpan.FromDays(400); // as long as browsers keep one
                cookie.SlidingExpiration = true;
                cookie.ForwardDefaultSelector = http => BearsKey(http) ? ApiKeyHandler.Scheme : null;
            })
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, null);
        return services;
    }

    /// <summary>Gives an identity to whoever has none; a wrong key is refused rather than ignored.</summary>
    public static IApplicationBuilder UseIdentity(this IApplicationBuilder app) => app
        .UseAuthentication()
        .Use(async (http, next) =>
        {
            if (http.User.Identity is { IsAuthenticated: true } || !IsOurs(http))
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
                await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, http.User, new() { IsPersistent = true });
                await next(http);
            }
        });

    // Other schemes are not ours: Basic is what a browser sends behind a proxy that asks for a password.
    private static bool BearsKey(HttpContext http) =>
        http.Request.Headers.Authorization.ToString().Split(' ')[0].Equals("Bearer", StringComparison.OrdinalIgnoreCase);

    // Assets and health checks need nobody.
    private static bool IsOurs(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>() is not null;

    private static ClaimsPrincipal NewUser() => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, Owner.NewBrowser().Id)], CookieAuthenticationDefaults.AuthenticationScheme));
}
