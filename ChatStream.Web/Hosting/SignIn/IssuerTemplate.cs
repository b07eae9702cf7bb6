using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ChatStream.Web.Hosting.SignIn;

/// <summary>
/// Checks who issued a token. The endpoints of Entra ID that serve several tenants describe their issuer with
/// <c>{tenantid}</c> in the place of the tenant, which the token names.
/// </summary>
internal static class IssuerTemplate
{
    private const string Tenant = "{tenantid}";

    public static string Validate(
        string issuer, SecurityToken token, TokenValidationParameters parameters, BaseConfiguration configuration) =>
        issuer is { Length: > 0 } && issuer == Expected(configuration.Issuer, token)
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("The token comes from another issuer.") { InvalidIssuer = issuer };

    /// <returns>Null: the description is of several tenants, and the token names none.</returns>
    private static string? Expected(string described, SecurityToken token)
    {
        if (!described.Contains(Tenant, StringComparison.Ordinal))
            return described;
        return token is JsonWebToken jwt && jwt.TryGetPayloadValue<string>("tid", out var tenant) && Guid.TryParse(tenant, out _)
            ? described.Replace(Tenant, tenant, StringComparison.Ordinal)
            : null;
    }
}
