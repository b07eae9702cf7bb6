using System.Security.Claims;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using ChatStream.Web.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ChatStream.Web.Hosting.SignIn;

/// <summary>
/// Signs browsers in at an OpenID Connect provider, by the code flow with PKCE, and knows programs by the tokens of the same
/// provider.
/// </summary>
internal static partial class OpenIdSignIn
{
    /// <summary>How browsers are sent to the provider.</summary>
    public const string Scheme = OpenIdConnectDefaults.AuthenticationScheme;

    /// <summary>How programs' tokens are checked.</summary>
    public const string TokenScheme = JwtBearerDefaults.AuthenticationScheme;

    private const string Issuer = "issuer";
    private const string Browser = "browser";

    private static readonly object Unreachable = new();

    private static readonly Refusal NotReached = new(503, Field: null, "The sign-in provider cannot be asked now.")
    {
        RetryAfter = 10,
    };

    public static void AddTo(AuthenticationBuilder authentication)
    {
        // When the provider has changed its keys, the first token with a new one waits for them. Else it would be refused.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", isEnabled: true);
        authentication.AddOpenIdConnect().AddJwtBearer();
        var services = authentication.Services;
        services.AddOptions<OpenIdConnectOptions>(Scheme)
            .Configure<IOptions<SignInOptions>, IPublicOrigin>((openId, signIn, origin) =>
                Configure(openId, signIn.Value, origin));
        services.AddOptions<JwtBearerOptions>(TokenScheme)
            .Configure<IOptions<SignInOptions>>((token, signIn) => Configure(token, signIn.Value));
    }

    /// <summary>Takes the provider out, where the settings name none: its handler looks at every request.</summary>
    public static void Remove(IServiceProvider services)
    {
        var schemes = services.GetRequiredService<IAuthenticationSchemeProvider>();
        schemes.RemoveScheme(Scheme);
        schemes.RemoveScheme(TokenScheme);
    }

    private static void Configure(OpenIdConnectOptions openId, SignInOptions signIn, IPublicOrigin origin)
    {
        openId.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        // The browser ends the cookies of a sign-in by its own clock, which the database's has nothing to do with.
        openId.TimeProvider = TimeProvider.System;
        openId.Authority = signIn.Authority;
        openId.RequireHttpsMetadata = false; // the settings' check lets http pass on loopback only
        openId.ClientId = signIn.ClientId;
        openId.ClientSecret = signIn.ClientSecret.Length > 0 ? signIn.ClientSecret : null;
        openId.ResponseType = OpenIdConnectResponseType.Code;
        // A form that another site posts carries cookies over TLS only. A redirect works in a LAN too.
        openId.ResponseMode = OpenIdConnectResponseMode.Query;
        openId.CorrelationCookie.SameSite = openId.NonceCookie.SameSite = SameSiteMode.Lax;
        openId.CorrelationCookie.SecurePolicy = openId.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        openId.Scope.Clear();
        foreach (var scope in signIn.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            openId.Scope.Add(scope);
        openId.GetClaimsFromUserInfoEndpoint = true;
        openId.MapInboundClaims = false;
        string[] read =
        [
            signIn.NameClaim, signIn.GroupsClaim, signIn.RolesClaim, signIn.AdminClaim, "preferred_username", "email_verified",
        ];
        foreach (var claim in read.Distinct(StringComparer.Ordinal))
            openId.ClaimActions.MapJsonKey(claim, claim);
        openId.TokenValidationParameters.IssuerValidatorUsingConfiguration = IssuerTemplate.Validate;
        openId.SignedOutRedirectUri = SessionController.SignedOutPath;
        openId.Events = new OpenIdConnectEvents
        {
            OnRedirectToIdentityProvider = context =>
            {
                context.ProtocolMessage.RedirectUri = origin.AddressFor(
                    context.Request, context.Request.LocalPathOf(openId.CallbackPath.ToUriComponent()));
                return Task.CompletedTask;
            },
            OnRedirectToIdentityProviderForSignOut = context =>
            {
                context.ProtocolMessage.ClientId = signIn.ClientId; // no token of the user is kept that would say it
                context.ProtocolMessage.PostLogoutRedirectUri = origin.AddressFor(
                    context.Request, context.Request.LocalPathOf(openId.SignedOutCallbackPath.ToUriComponent()));
                return Task.CompletedTask;
            },
            OnTokenValidated = context =>
            {
                // The claim is not kept: the subject counts with its issuer.
                context.Properties!.Items[Issuer] = context.SecurityToken.Issuer;
                return Task.CompletedTask;
            },
            OnTicketReceived = context => AdmitAsync(context, signIn),
            OnRemoteFailure = context =>
            {
                Log.Failed(LoggerOf(context.HttpContext), context.Failure?.GetType().Name, context.Failure?.Message);
                context.Response.Redirect(context.Request.LocalPathOf(SessionController.FailedPath));
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }

    private static async Task AdmitAsync(TicketReceivedContext context, SignInOptions signIn)
    {
        var claims = context.Principal!;
        var audit = context.HttpContext.RequestServices.GetRequiredService<IAuditLog>();
        var caller = new Caller(
            Owner.User(context.Properties!.Items[Issuer]!, claims.FindFirstValue("sub")!), context.HttpContext.Address())
        {
            Name = NameOf(claims, signIn),
        };
        if (context.HttpContext.RequestServices.GetRequiredService<Admission>().Admit(claims) is { } admitted)
        {
            context.Principal = UserOf(context.Properties.Items[Issuer]!, claims, signIn, admitted);
            BrowserBefore.AddTo(context.Principal, context.Properties.Items.TryGetValue(Browser, out var id) ? id : null);
            // What the provider sent has been read. The cookie need not carry it.
            context.Properties = new AuthenticationProperties
            {
                IsPersistent = true,
                RedirectUri = context.Properties.RedirectUri,
            };
            await audit.NoteAsync(caller, AuditAction.SignedIn);
            return;
        }
        await audit.NoteAsync(caller, AuditAction.SignInRefused);
        context.Response.Redirect(context.Request.LocalPathOf(SessionController.NotAdmittedPath));
        context.HandleResponse();
    }

    private static void Configure(JwtBearerOptions token, SignInOptions signIn)
    {
        token.Authority = signIn.Authority;
        token.RequireHttpsMetadata = false;
        token.MapInboundClaims = false;
        token.TokenValidationParameters.ValidAudiences = signIn.Audience.Length > 0
            ? [signIn.Audience] : [signIn.ClientId, $"api://{signIn.ClientId}"];
        token.TokenValidationParameters.IssuerValidatorUsingConfiguration = IssuerTemplate.Validate;
        token.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                var claims = context.Principal!;
                if (signIn.ApiScope.Length > 0 && !HasScope(claims, signIn))
                    context.Fail($"The token lacks the scope {signIn.ApiScope}.");
                else if (context.HttpContext.RequestServices.GetRequiredService<Admission>().Admit(claims) is not { } admitted)
                    context.Fail("The settings admit other users only.");
                else
                    context.Principal = UserOf(context.SecurityToken.Issuer, claims, signIn, admitted);
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = context =>
                NoteIfUnreachableAsync(context.HttpContext, context.Options.ConfigurationManager!),
            OnChallenge = context =>
            {
                context.HandleResponse();
                if (context.HttpContext.Items.ContainsKey(Unreachable))
                    return ProblemResult.Of(NotReached).WriteAsync(context.HttpContext);
                context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
                return ProblemResult.Of(ApiKeyHandler.NotKnown).WriteAsync(context.HttpContext);
            },
        };
    }

    /// <summary>
    /// Sends a browser to the provider. If that cannot be asked where to, the browser is told that the sign-in did not work.
    /// </summary>
    /// <param name="http">The request of the page.</param>
    /// <param name="browser">Whose conversations the browser has from before; null: it has none.</param>
    public static async Task ChallengeAsync(HttpContext http, Owner? browser)
    {
        var page = $"{http.Request.PathBase}{http.Request.Path}{http.Request.QueryString}";
        var properties = new AuthenticationProperties { RedirectUri = page };
        if (browser is { } owner)
            properties.Items[Browser] = owner.Id;
        try
        {
            await http.ChallengeAsync(Scheme, properties);
        }
        // The last: the provider has refused a request that was pushed to it.
        catch (Exception fault) when (IsUnreachable(fault) || fault is OpenIdConnectProtocolException)
        {
            Log.NotReached(LoggerOf(http), fault.GetType().Name, fault.Message);
            http.Response.Redirect(http.Request.LocalPathOf(SessionController.FailedPath));
        }
    }

    /// <summary>Without the provider's keys every token looks like a wrong one. Where they are known, nobody is asked.</summary>
    private static async Task NoteIfUnreachableAsync(HttpContext http, IConfigurationManager<OpenIdConnectConfiguration> provider)
    {
        try
        {
            await provider.GetConfigurationAsync(http.RequestAborted);
        }
        catch (Exception fault) when (IsUnreachable(fault))
        {
            Log.NotReached(LoggerOf(http), fault.GetType().Name, fault.Message);
            http.Items[Unreachable] = true;
        }
    }

    private static bool IsUnreachable(Exception fault) =>
        fault is InvalidOperationException or HttpRequestException or IOException or TimeoutException;

    private static bool HasScope(ClaimsPrincipal claims, SignInOptions signIn) =>
        claims.FindAll(claim => claim.Type is "scp" or "scope")
            .Any(claim => claim.Value.Split(' ').Contains(signIn.ApiScope, StringComparer.Ordinal))
        || claims.HasClaim(signIn.RolesClaim, signIn.ApiScope);

    private static ClaimsPrincipal UserOf(string issuer, ClaimsPrincipal claims, SignInOptions signIn, Admitted admitted) =>
        SignedInUser.Of(
            issuer, claims.FindFirstValue("sub")!, NameOf(claims, signIn), admitted);

    private static string? NameOf(ClaimsPrincipal claims, SignInOptions signIn) =>
        claims.FindFirstValue(signIn.NameClaim) ?? claims.FindFirstValue("preferred_username");

    private static ILogger LoggerOf(HttpContext http) =>
        http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OpenIdSignIn));

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "A sign-in failed: {Kind}: {Reason}")]
        public static partial void Failed(ILogger logger, string? kind, string? reason);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The sign-in provider cannot be asked: {Kind}: {Reason}")]
        public static partial void NotReached(ILogger logger, string kind, string reason);
    }
}
