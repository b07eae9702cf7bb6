using System.Security.Claims;
using System.Text.Json;

namespace ChatStream.Web.Hosting.SignIn;

/// <summary>
/// Reads the claims that App Service's sign-in, Easy Auth, puts into <c>X-MS-CLIENT-PRINCIPAL</c>: JSON in Base64. It gives some
/// of the provider's claims other names.
/// </summary>
internal static class ClientPrincipal
{
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["http://schemas.microsoft.com/identity/claims/tenantid"] = "tid",
        ["http://schemas.microsoft.com/identity/claims/objectidentifier"] = "oid",
        [ClaimTypes.NameIdentifier] = "sub",
        [ClaimTypes.Email] = "email",
    };

    /// <summary>The claims, under the names that the provider gave them and those that they came with.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="rolesClaim">What roles are called here.</param>
    /// <returns>Null: the value cannot be read.</returns>
    public static IReadOnlyList<Claim>? Read(string header, string rolesClaim)
    {
        try
        {
            using var json = JsonDocument.Parse(Convert.FromBase64String(header));
            var roles = json.RootElement.TryGetProperty("role_typ", out var named) ? named.GetString() : null;
            var claims = new List<Claim>();
            foreach (var claim in json.RootElement.GetProperty("claims").EnumerateArray())
            {
                var (type, value) = (claim.GetProperty("typ").GetString()!, claim.GetProperty("val").GetString()!);
                claims.Add(new Claim(type, value));
                if (Renamed.TryGetValue(type, out var name))
                    claims.Add(new Claim(name, value));
                else if ((type == roles || type == ClaimTypes.Role) && type != rolesClaim)
                    claims.Add(new Claim(rolesClaim, value));
            }
            return claims;
        }
        // All that a value of another form leads to.
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException
            or KeyNotFoundException or ArgumentNullException)
        {
            return null;
        }
    }
}
