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
    private static readonly object Forwarded = new();

    /// <summary>The user or program that sent the request. The identity middleware gives every request one.</summary>
    public static Owner Owner(this HttpContext http) => new(http.User.FindFirstValue(ClaimTypes.NameIdentifier)
        ?? throw new InvalidOperationException("The request has no identity."));

    /// <summary>The sender, as the limits count it.</summary>
    public static Caller Caller(this HttpContext http) => http.ForwardedCaller() ?? new(http.Owner(), http.Address())
    {
        IsNew = http.Items.ContainsKey(NewIdentity),
        IsPage = http.Request.Headers.ContainsKey(PageHeader),
        Rights = http.User.Rights(),
        Name = http.User.FindFirstValue(ClaimTypes.Name),
    };

    /// <summary>What the sender may do.</summary>
    public static Rights Rights(this HttpContext http) => http.ForwardedCaller()?.Rights ?? http.User.Rights();

    /// <summary>The sender of a request that another instance forwarded; null: the request came from its sender.</summary>
    public static Caller? ForwardedCaller(this HttpContext http) => http.Items[Forwarded] as Caller?;

    /// <summary>Takes note that another instance forwarded the request.</summary>
    public static void MarkForwarded(this HttpContext http, Caller caller) => http.Items[Forwarded] = caller;

    /// <summary>The address that the request came from, as the limits count it.</summary>
    public static string Address(this HttpContext http) => ClientAddress.Of(http.Connection.RemoteIpAddress);

    /// <summary>Takes note that the request came without an identity.</summary>
    public static void MarkNew(this HttpContext http) => http.Items[NewIdentity] = true;
}
