using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>Authenticates programs by <c>Authorization: Bearer</c> with a key from <c>Api:Keys</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IOptions<ApiOptions> api)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "ApiKey";

    /// <summary>What a program is told.</summary>
    public static readonly Refusal NotKnown =
        new(401, "Authorization", "The Authorization header holds no key of Api:Keys.");

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());

        var given = Hash(header["Bearer ".Length..].Trim());
        if (api.Value.Keys.FirstOrDefault(key => CryptographicOperations.FixedTimeEquals(Hash(key.Key), given)) is not { } known)
            return Task.FromResult(AuthenticateResult.Fail("The key is not known."));

        var owner = new Claim(ClaimTypes.NameIdentifier, Owner.Program(known.Name).Id);
        var rights = new Rights(known.Role == ApiOptions.ApiRole.Admin, known.Groups);
        var user = new ClaimsPrincipal(new ClaimsIdentity([owner, .. RightsClaims.Of(rights)], Scheme));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, Scheme)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemResult.Of(NotKnown, fault: "The key is not known.").WriteAsync(Context);
    }

    /// <summary>Hashes have one length, so comparing them takes the same time for every key.</summary>
    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
