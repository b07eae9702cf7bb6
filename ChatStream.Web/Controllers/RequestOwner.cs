using System.Security.Claims;
using ChatStream.Web.Contract;
using ChatStream.Web.Limits;

namespace ChatStream.Web.Controllers;

/// <summary>Who sent a request.</summary>
internal static class RequestOwner
{
    /// <summary>The page's script sends this header with each request, with any value.</summary>
    public const string PageHeader = "X-ChatStream-Page";

    private static readonly object NewIdentity = new();

    /// <summary>The user or program that sent the request. The identity middleware gives every request one.</summary>
    public static Owner Owner(this HttpContext http) => new(http.User.FindFirstValue(ClaimTypes.NameIdentifier)
        ?? throw new InvalidOperationException("The request has no identity."));

    /// <summary>The sender, as the limits count it.</summary>
    public static Caller Caller(this HttpContext http) => new(http.Owner(), http.Address())
    {
        IsNew = http.Items.ContainsKey(NewIdentity),
        IsPage = http.Request.Headers.ContainsKey(PageHeader),
    };

    /// <summary>The address that the request came from, as the limits count it.</summary>
    public static string Address(this HttpContext http) => ClientAddress.Of(http.Connection.RemoteIpAddress);

    /// <summary>Takes note that the request came without an identity.</summary>
    public static void MarkNew(this HttpContext http) => http.Items[NewIdentity] = true;
}
