namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// Drops a request's body once the response has begun. Response and connection refer to the request while the answer streams, and
/// the body of a long conversation is large.
/// </summary>
internal sealed class BodyRelease(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        // In HTTP/1.1 a success comes after the body has been sent. A refusal may come while it is still being sent.
        if (response.IsSuccessStatusCode)
            request.Content = null;
        return response;
    }
}
