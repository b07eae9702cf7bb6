using System.Security.Claims;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;

namespace ChatStream.Web.Hosting.SignIn;

/// <summary>A user who has signed in, as the rest of the app sees one: an owner, and a name to show.</summary>
internal static class SignedInUser
{
    /// <summary>How the identity of such a user is authenticated, in the cookie too.</summary>
    public const string Scheme = "SignIn";

    /// <param name="issuer">Who says so. A subject is unique for one issuer only.</param>
    /// <param name="subject">Always the same for the same user.</param>
    /// <param name="name">The name to show; null: the subject.</param>
    /// <param name="admitted">What the settings let the user do.</param>
    public static ClaimsPrincipal Of(string issuer, string subject, string? name, Admitted admitted) => new(new ClaimsIdentity(
    [
        new Claim(ClaimTypes.NameIdentifier, Owner.User(issuer, subject).Id),
        new Claim(ClaimTypes.Name, string.IsNullOrWhiteSpace(name) ? subject : name),
        new Claim(RightsClaims.Settings, admitted.Settings),
        .. RightsClaims.Of(admitted.Rights),
    ], Scheme));
}
