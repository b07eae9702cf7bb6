using Microsoft.AspNetCore.WebUtilities;

namespace ChatStream.Web.Controllers;

internal static class SpooledBody
{
    /// <summary>Bytes of a body that stay in memory.</summary>
    private const int InMemory = 64 * 1024;

    /// <summary>
    /// Waits for the whole body and returns it, to be read more than once. A large one is in a temporary file meanwhile, which is
    /// deleted with the request, so that a slow client costs no memory.
    /// </summary>
    public static async Task<Stream> SpoolAsync(this HttpRequest request, CancellationToken cancellationToken)
    {
        request.EnableBuffering(InMemory);
        await request.Body.DrainAsync(cancellationToken);
        request.Body.Position = 0;
        return request.Body;
    }
}
