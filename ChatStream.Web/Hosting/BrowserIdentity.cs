using System.Security.Claims;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using ChatStream.Web.Limits;
using ChatStream.Web.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Identifies the owner of a request: a browser by its cookie, which it gets with its first response, or a program by its API
/// key.
/// </summary>
internal static class BrowserIdentity
{
    /// <summary>The name that the cookie had before it held the instance's. It is accepted once.</summary>
    private const string OldCookieName = "chatstream";

    /// <summary>How a request is authenticated that another instance has forwarded.</summary>
    public const string Forwarded = "Forwarded";

    private const string NewcomerHeader = "X-ChatStream-Identity";

    /// <summary>The longest time that browsers keep a cookie.</summary>
    private static readonly TimeSpan CookieAge = TimeSpan.FromDays(400);

    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddKnownSection<ApiOptions>(ApiOptions.Section);
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptions.Check>();
        services.AddKeys();

        services.AddSingleton<InstanceName>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceName>());
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<InstanceName>((cookie, instance) => cookie.Cookie.Name = $"chatstream-{instance.Value}");
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookie =>
            {
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
    /// Gives a new identity to a browser that has none, as far as its address may have one more. A wrong key is refused: a
    /// program must not become a browser unnoticed.
    /// </summary>
    public static IApplicationBuilder UseIdentity(this IApplicationBuilder app)
    {
        return app.UseAuthentication().Use(async (http, next) =>
        {
            if (http.Request.Headers[ForwardedTicket.Header].ToString() is { Length: > 0 } ticket)
            {
                await TakeForwardedAsync(http, ticket, next);
            }
            else if (http.User.Identity is { IsAuthenticated: true } || !IsForController(http))
            {
                await next(http);
            }
            else if (BearsKey(http))
            {
                await http.ChallengeAsync(ApiKeyHandler.Scheme);
            }
            else if (UserOfOldCookie(http) is { } known)
            {
                http.Response.Cookies.Delete(OldCookieName, new() { Path = PathOf(http) });
                await SignInAsync(http, known);
                await next(http);
            }
            else if (await http.RequestServices.GetRequiredService<IdentityLimits>().RefuseAsync(http.Address()) is { } refusal)
            {
                await ProblemResult.Of(refusal).WriteAsync(http);
            }
            else
            {
                http.MarkNew();
                await SignInAsync(http, NewUser());
                TellPage(http);
                NoteNewcomer(http);
                await next(http);
            }
        });
    }

    /// <summary>A request that another instance forwarded is its user's. Nobody else can write such a header.</summary>
    private static Task TakeForwardedAsync(HttpContext http, string header, RequestDelegate next)
    {
        var target = $"{http.Request.PathBase}{http.Request.Path}{http.Request.QueryString}";
        var ticket = http.RequestServices.GetRequiredService<ForwardedTicket>();
        if (ticket.Read(header, http.Request.Method, target, out var isMisdirected) is not { } caller)
        {
            var refusal = isMisdirected
                ? new Refusal(421, ForwardedTicket.Header, "This is for another instance.")
                : new Refusal(403, ForwardedTicket.Header, "No instance of this ChatStream has sent this.");
            return ProblemResult.Of(refusal).WriteAsync(http);
        }
        http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Owner.Id)], Forwarded));
        http.MarkForwarded(caller);
        return next(http);
    }

    private static Task SignInAsync(HttpContext http, ClaimsPrincipal user)
    {
        http.User = user;
        return http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, user, new() { IsPersistent = true });
    }

    private static ClaimsPrincipal? UserOfOldCookie(HttpContext http)
    {
        if (http.Request.Cookies[OldCookieName] is not { } old)
            return null;
        var services = http.RequestServices;
        var cookie = services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
            .Get(CookieAuthenticationDefaults.AuthenticationScheme);
        // Null where another ChatStream on this host has written it: its keys are others.
        return cookie.TicketDataFormat.Unprotect(old) is { } ticket
            && ticket.Properties.ExpiresUtc > services.GetRequiredService<TimeProvider>().GetUtcNow()
            ? ticket.Principal
            : null;
    }

    private static string PathOf(HttpContext http) => http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/";

    /// <summary>Other schemes are ignored: a browser behind a proxy that asks for a password sends <c>Basic</c>.</summary>
    private static bool BearsKey(HttpContext http) =>
        http.Request.Headers.Authorization.ToString().Split(' ')[0].Equals("Bearer", StringComparison.OrdinalIgnoreCase);

    /// <summary>Assets and health checks need no identity.</summary>
    private static bool IsForController(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>() is not null;

    /// <summary>
    /// Tells the page that its request came without a cookie. The page had one before it asked for anything, so if this happens
    /// twice, the browser blocks cookies.
    /// </summary>
    private static void TellPage(HttpContext http)
    {
        if (http.Request.Headers.ContainsKey(RequestOwner.PageHeader))
            http.Response.Headers[NewcomerHeader] = "new";
    }

    /// <summary>
    /// Notes an identity that is given to a page's own request. ChatStream's page has its cookie before it asks for anything, so
    /// this is a page of another app on the same origin.
    /// </summary>
    private static void NoteNewcomer(HttpContext http)
    {
        if (http.Request.Headers["Sec-Fetch-Site"] == "same-origin")
            http.RequestServices.GetRequiredService<Newcomers>()
                .Add(http.Owner(), http.Connection.RemoteIpAddress, http.Request.Headers.UserAgent.ToString());
    }

    private static ClaimsPrincipal NewUser() => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, Owner.NewBrowser().Id)], CookieAuthenticationDefaults.AuthenticationScheme));
}
