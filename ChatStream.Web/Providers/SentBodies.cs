namespace ChatStream.Web.Providers;

/// <summary>
/// Lets go of a request's body once its answer has begun: response and connection refer to the request as long as the answer
/// streams, and a long conversation is a large body.
/// </summary>
internal sealed class SentBodies(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        // A refusal may come while the body is still being sent.
        if (response.IsSuccessStatusCode)
            request.Content = null;
        return response;
    }
}
