using System.Net;
using System.Net.Http.Headers;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Tools.Permissions;

/// <summary>
/// Gives each request to a tool server the token of its user. A request that is refused with 401 was not carried out: it is sent
/// once more with a new token.
/// </summary>
internal sealed class UserBearer(PermissionBook book, Owner owner, string server) : DelegatingHandler
{
    /// <exception cref="PermissionException">There is no token, or the server takes none.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
            await content.LoadIntoBufferAsync(cancellationToken); // it may be sent twice
        string? refused = null;
        while (true)
        {
            var token = await book.TokenAsync(owner, server, refused, cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
                return response;
            response.Dispose();
            if (refused is not null)
            {
                await book.ForgetAsync(owner, server, token);
                throw new PermissionException(needsUser: true);
            }
            refused = token;
        }
    }
}
