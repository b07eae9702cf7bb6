namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>
/// Lets go of a request's body once its answer has begun: response and connection refer to the request as long as the answer
/// streams, and a long conversation is a large body.
/// </summary>
internal sealed class BodyRelease(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        // HTTP/1.1 gives a success when the body has been sent; a refusal may come while it still is.
        if (response.IsSuccessStatusCode)
            request.Content = null;
        return response;
    }
}
