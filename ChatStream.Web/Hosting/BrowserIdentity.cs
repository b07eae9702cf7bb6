using System.Security.Claims;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using ChatStream.Web.Hosting.SignIn;
using ChatStream.Web.Limits;
using ChatStream.Web.Settings;
using ChatStream.Web.Sharing;
using ChatStream.Web.Views;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Identifies the owner of a request: a browser by its cookie, which it gets with its first response or when its user has signed
/// in, a user by the header of a proxy, or a program by its key or token.
/// </summary>
internal static class BrowserIdentity
{
    /// <summary>The name that the cookie had before it held the instance's. It is accepted once.</summary>
    private const string OldCookieName = "chatstream";

    /// <summary>How a request is authenticated that another instance has forwarded.</summary>
    public const string Forwarded = "Forwarded";

    private static readonly Refusal SignedOut = new(401, Field: null, "Sign in first.") { Code = "signed_out" };

    private const string Bearer = "Bearer";
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
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<IOptions<SignInOptions>>((cookie, signIn) =>
                cookie.ExpireTimeSpan = signIn.Value.IsRequired ? signIn.Value.SessionFor : CookieAge);
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookie =>
            {
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.SlidingExpiration = true;
                cookie.ForwardDefaultSelector = SchemeOfBearer;
                // A program has no session: keys and tokens cannot be signed out.
                cookie.ForwardSignOut = CookieAuthenticationDefaults.AuthenticationScheme;
            })
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, null)
            .AddSignIn();
        return services;
    }

    /// <summary>
    /// Gives a new identity to a browser that has none, as far as its address may have one more; or, where users sign in, lets it
    /// do so. A wrong key is refused: a program must not become a browser unnoticed.
    /// </summary>
    public static IApplicationBuilder UseIdentity(this IApplicationBuilder app)
    {
        var settings = app.ApplicationServices.GetRequiredService<IOptions<SignInOptions>>();
        return app.UseAuthentication().Use(async (http, next) =>
        {
            var signIn = settings.Value;
            if (ForwardedTicket.Of(http.Request) is { } ticket)
            {
                await TakeForwardedAsync(http, ticket, next);
            }
            else if (IsKnown(http, signIn) || !NeedsIdentity(http, signIn))
            {
                await next(http);
            }
            else if (BearsKey(http))
            {
                await http.ChallengeAsync(SchemeOfBearer(http)!);
            }
            else if (signIn.Kind == SignInKind.Header)
            {
                await TakeHeaderAsync(http, next);
            }
            else if (signIn.Kind == SignInKind.OpenIdConnect)
            {
                await AskToSignInAsync(http);
            }
            else if (UserOfOldCookie(http) is { } known)
            {
                http.Response.Cookies.Delete(OldCookieName, new() { Path = CookiePath.Of(http.Request) });
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
        http.User = new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, caller.Owner.Id), .. RightsClaims.Of(caller.Rights)], Forwarded));
        http.MarkForwarded(caller);
        return next(http);
    }

    /// <summary>
    /// A cookie from before users had to sign in, or from after that, counts no more. Nor does one from before the lists of the
    /// settings changed: the user may no longer be on them.
    /// </summary>
    private static bool IsKnown(HttpContext http, SignInOptions signIn)
    {
        if (http.User.Identity is not { IsAuthenticated: true })
            return false;
        var owner = new Owner(http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "");
        if (!owner.IsUser)
            return owner.IsProgram || !signIn.IsRequired;
        return signIn.Kind == SignInKind.OpenIdConnect && http.User.FindFirstValue(RightsClaims.Settings)
            == http.RequestServices.GetRequiredService<Admission>().Settings;
    }

    private static Task TakeHeaderAsync(HttpContext http, RequestDelegate next)
    {
        if (http.RequestServices.GetRequiredService<HeaderSignIn>().Find(http, out var isAdmitted) is not { } user)
        {
            return ProblemResult.Of(isAdmitted ? SignedOut
                : new Refusal(403, Field: null, "The settings admit other users only.")).WriteAsync(http);
        }
        BrowserBefore.AddTo(user, BrowserBefore.Find(http.User)?.Id);
        http.User = user;
        return next(http);
    }

    /// <summary>A browser that opens a page is sent to the provider, and comes back to the page. All else is told.</summary>
    private static Task AskToSignInAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || !ProblemResult.IsPageWanted(http))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return ProblemResult.Of(SignedOut).WriteAsync(http);
        }
        http.Response.Headers.CacheControl = "no-store";
        return OpenIdSignIn.ChallengeAsync(http, BrowserBefore.Find(http.User));
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

    /// <summary>Whether a key or a token, which was found valid, says who sends the request.</summary>
    public static bool IsOfProgram(HttpContext http) => BearsKey(http) && http.User.Identity?.IsAuthenticated == true;

    /// <summary>Other schemes are ignored: a browser behind a proxy that asks for a password sends <c>Basic</c>.</summary>
    private static bool BearsKey(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is var header
        && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && (header.Length == Bearer.Length || header[Bearer.Length] == ' ');

    /// <summary>Who checks the key or token of a program; null: the request has none. A token has three parts.</summary>
    private static string? SchemeOfBearer(HttpContext http) => !BearsKey(http) ? null
        : http.RequestServices.GetRequiredService<IOptions<SignInOptions>>().Value.Kind == SignInKind.OpenIdConnect
            && http.Request.Headers.Authorization.ToString().AsSpan().Count('.') == 2 ? OpenIdSignIn.TokenScheme
        : ApiKeyHandler.Scheme;

    /// <summary>Assets, health checks and the pages of a sign-in need no identity.</summary>
    private static bool NeedsIdentity(HttpContext http, SignInOptions signIn) => http.GetEndpoint()?.Metadata is { } metadata
        && metadata.GetMetadata<ControllerActionDescriptor>() is not null && metadata.GetMetadata<IAllowAnonymous>() is null
        && !(metadata.GetMetadata<OpenToReadersAttribute>() is not null && MayReadUnknown(http, signIn));

    /// <summary>Where nobody signs in, a reader need not become a user either.</summary>
    private static bool MayReadUnknown(HttpContext http, SignInOptions signIn) => !signIn.IsRequired
        || http.RequestServices.GetRequiredService<IOptions<SharingOptions>>().Value.Who == ShareReaders.Anyone;

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
