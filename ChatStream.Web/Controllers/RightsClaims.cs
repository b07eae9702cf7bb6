using System.Security.Claims;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

/// <summary>A user's rights, as the claims of the identity that a request has.</summary>
internal static class RightsClaims
{
    /// <summary>The claim that says by which settings the rights were given.</summary>
    public const string Settings = "settings";

    private const string Group = "group";
    private const string Admin = "admin";

    public static IEnumerable<Claim> Of(Rights rights) => rights.Groups.Select(group => new Claim(Group, group))
        .Concat(rights.IsAdmin ? [new Claim(ClaimTypes.Role, Admin)] : []);

    public static Rights Rights(this ClaimsPrincipal user)
    {
        var isAdmin = user.HasClaim(ClaimTypes.Role, Admin);
        var groups = user.FindAll(Group).Select(claim => claim.Value).ToArray();
        return isAdmin || groups.Length > 0 ? new Rights(isAdmin, groups) : Contract.Rights.None;
    }
}
