using System.Security.Claims;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Controllers;

internal static class RequestOwner
{
    /// <summary>The user or program that sent the request. The identity middleware gives every request one.</summary>
    public static Owner Owner(this HttpContext http) => new(http.User.FindFirstValue(ClaimTypes.NameIdentifier)
        ?? throw new InvalidOperationException("The request has no identity."));
}
