using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary><c>Authorization: Bearer</c> with a key from <c>Api:Keys</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IOptions<ApiOptions> api)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "ApiKey";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());

        // Hashes are of one length, so that comparing them tells nothing about the keys.
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(header["Bearer ".Length..].Trim()));
        var name = api.Value.Keys
            .FirstOrDefault(key => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key.Key)), given))?.Name;
        if (name is null)
            return Task.FromResult(AuthenticateResult.Fail("The key is not known."));

        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, $"key:{name}")], Scheme));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, Scheme)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized, title: "Unauthorized", type: "about:blank",
            detail: "The Authorization header holds no key of Api:Keys.",
            extensions: new Dictionary<string, object?> { ["errors"] = new Dictionary<string, string[]> { ["Authorization"] = ["The key is not known."] } })
            .ExecuteAsync(Context);
    }
}
