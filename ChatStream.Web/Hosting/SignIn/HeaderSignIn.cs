using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting.SignIn;

/// <summary>Knows a user by the header of a proxy that has signed the user in.</summary>
internal sealed partial class HeaderSignIn(IOptions<SignInOptions> options, Admission admission, ILogger<HeaderSignIn> logger)
{
    private const string Issuer = "header";

    private static readonly object Peer = new();

    private int _isWarned;
    private int _isUnreadable;

    /// <summary>Remembers the sender of the request, before the browser's address takes its place.</summary>
    public static void Remember(HttpContext http) => http.Items[Peer] = http.Connection.RemoteIpAddress;

    /// <summary>The user; null: the request comes from no such proxy, or names nobody.</summary>
    /// <param name="http">The request.</param>
    /// <param name="isAdmitted">
    /// False if the named user may not use this ChatStream, or if the user's claims cannot be read.
    /// </param>
    public ClaimsPrincipal? Find(HttpContext http, out bool isAdmitted)
    {
        isAdmitted = true;
        var header = options.Value.Header;
        if (http.Request.Headers[header.User].ToString() is not { Length: > 0 } user)
            return null;
        if (!header.IsFrom(http.Items[Peer] as IPAddress))
        {
            if (Interlocked.Exchange(ref _isWarned, 1) == 0)
                Log.NotBelieved(logger, header.User, http.Items[Peer] as IPAddress);
            return null;
        }
        List<Claim> claims = [new("sub", user), new("preferred_username", user)];
        var groups = header.Groups.Length == 0 ? "" : http.Request.Headers[header.Groups].ToString();
        claims.AddRange(groups.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(group => new Claim(options.Value.GroupsClaim, group)));
        if (header.Claims.Length > 0 && http.Request.Headers[header.Claims].ToString() is { Length: > 0 } principal)
        {
            if (ClientPrincipal.Read(principal, options.Value.RolesClaim) is not { } more)
            {
                if (Interlocked.Exchange(ref _isUnreadable, 1) == 0)
                    Log.Unreadable(logger, header.Claims);
                isAdmitted = false;
                return null;
            }
            claims.AddRange(more);
        }
        if (admission.Admit(new ClaimsPrincipal(new ClaimsIdentity(claims))) is { } admitted)
        {
            var name = header.Name.Length == 0 ? null : http.Request.Headers[header.Name].ToString();
            return SignedInUser.Of(Issuer, user, name, admitted);
        }
        isAdmitted = false;
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "{Header} is not as App Service writes it. Its user is refused.")]
        public static partial void Unreadable(ILogger logger, string header);

        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "{Header} came from {Address}, which SignIn:Header:From does not name. It is not believed.")]
        public static partial void NotBelieved(ILogger logger, string header, IPAddress? address);
    }
}
