using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>
/// Another real OpenID Connect provider, OpenIddict, in this process. It signs in without a question. Its key can be
/// changed, and its clock can be wrong.
/// </summary>
internal sealed class InProcessProvider(int port) : IAsyncDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private RsaSecurityKey _key = NewKey();
    private WebApplication? _app;

    public Uri Authority { get; } = new($"http://127.0.0.1:{port}/");

    /// <summary>What it says of the next user. <c>sub</c> is among them.</summary>
    public IReadOnlyDictionary<string, string> User { get; set; } = new Dictionary<string, string>();

    /// <summary>Starts, or starts again.</summary>
    /// <param name="clockIsAhead">By how much.</param>
    /// <param name="hasNewKey">Whether what it signed before can no longer be checked.</param>
    public async Task StartAsync(TimeSpan clockIsAhead = default, bool hasNewKey = false)
    {
        await StopAsync();
        _key = hasNewKey ? NewKey() : _key;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetIssuer(Authority).SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token");
            server.AllowAuthorizationCodeFlow().AllowClientCredentialsFlow().RequireProofKeyForCodeExchange();
            server.EnableDegradedMode().AddEphemeralEncryptionKey().AddSigningKey(_key).DisableAccessTokenEncryption();
            server.RegisterScopes("profile");
            server.SetIdentityTokenLifetime(Lifetime).SetAccessTokenLifetime(Lifetime);
            server.UseAspNetCore().DisableTransportSecurityRequirement();
            server.Configure(options => options.TimeProvider = new WrongClock(clockIsAhead));
            server.AddEventHandler<ValidateAuthorizationRequestContext>(on => on.UseInlineHandler(_ => default));
            server.AddEventHandler<ValidateTokenRequestContext>(on => on.UseInlineHandler(_ => default));
            server.AddEventHandler<HandleAuthorizationRequestContext>(on => on.UseInlineHandler(context =>
            {
                context.SignIn(Principal());
                return default;
            }));
            server.AddEventHandler<HandleTokenRequestContext>(on => on.UseInlineHandler(context =>
            {
                if (context.Request.IsClientCredentialsGrantType())
                    context.SignIn(Principal().SetAudiences("chatstream"));
                return default;
            }));
        });
        _app = builder.Build();
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StopAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _app = null;
    }

    private static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };

    private ClaimsPrincipal Principal()
    {
        var identity = new ClaimsIdentity("provider");
        foreach (var (type, value) in User)
            identity.AddClaim(new Claim(type, value)
                .SetDestinations(OpenIddictConstants.Destinations.IdentityToken, OpenIddictConstants.Destinations.AccessToken));
        return new ClaimsPrincipal(identity).SetScopes("openid", "profile");
    }

    private sealed class WrongClock(TimeSpan isAhead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + isAhead;
    }
}
