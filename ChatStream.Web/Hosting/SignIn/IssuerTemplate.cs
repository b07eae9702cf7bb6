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
        string issuer, SecurityToken token, TokenValidationParameters parameters, BaseConfiguration configuration)
    {
        var expected = configuration.Issuer;
        if (expected.Contains(Tenant, StringComparison.Ordinal)
            && token is JsonWebToken jwt && jwt.TryGetPayloadValue<string>("tid", out var tenant) && Guid.TryParse(tenant, out _))
            expected = expected.Replace(Tenant, tenant, StringComparison.Ordinal);
        return issuer == expected
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("The token comes from another issuer.") { InvalidIssuer = issuer };
    }
}
