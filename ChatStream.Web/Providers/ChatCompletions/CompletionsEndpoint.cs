using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Core;
using OpenAI;
using OpenAI.Chat;

namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>
/// Sends requests to one deployment through the SDK, which adds address, credentials and pipeline. Requests and responses are raw
/// bytes: the SDK's typed method drops fields, and throws on values that it does not know.
/// </summary>
internal sealed class CompletionsEndpoint
{
    private readonly ChatClient _client;
    private readonly PipelinePolicy? _address;
    private volatile bool _takesStreamOptions;

    /// <param name="deployment">Its settings.</param>
    /// <param name="handler">Sends the requests.</param>
    /// <param name="credential">Signs in where there is no key; null: as the settings say.</param>
    public CompletionsEndpoint(DeploymentOptions deployment, HttpMessageHandler handler, TokenCredential? credential = null)
    {
        Deployment = deployment = deployment.Resolve();
        Address = new Uri(deployment.Endpoint);
        _takesStreamOptions = deployment.Kind != ProviderKind.Azure || KnowsStreamOptions(deployment.ApiVersion);
        _client = deployment.Kind == ProviderKind.Azure ? AzureClient(handler, credential) : OpenAIClient(handler);
        if (deployment.Kind == ProviderKind.Azure)
            _address = new AddressPolicy(deployment.ApiVersion);
    }

    public DeploymentOptions Deployment { get; }

    /// <summary>False from the start for an older api-version, and once the service has refused <c>stream_options</c>.</summary>
    public bool TakesStreamOptions
    {
        get => _takesStreamOptions;
        set => _takesStreamOptions = value;
    }

    public Uri Address { get; }

    /// <summary>Sends a request and returns once the headers have come. Returns a response with an error status too.</summary>
    public async Task<PipelineResponse> SendAsync(BinaryData body, string accept, CancellationToken cancellationToken)
    {
        var request = new RequestOptions
        {
            BufferResponse = false,
            CancellationToken = cancellationToken, // ends the wait for the headers, not the reading of the body
            ErrorOptions = ClientErrorBehaviors.NoThrow,
        };
        request.SetHeader("Accept", accept);
        if (_address is not null)
            request.AddPolicy(_address, PipelinePosition.PerCall);
        using var content = BinaryContent.Create(body);
        var result = await _client.CompleteChatAsync(content, request);
        return result.GetRawResponse();
    }

    // Azure added it with 2024-09-01-preview. A version that cannot be compared is taken for a newer one.
    private static bool KnowsStreamOptions(string apiVersion) =>
        !char.IsAsciiDigit(apiVersion.FirstOrDefault()) || string.CompareOrdinal(apiVersion, "2024-09-01") >= 0;

    private ChatClient AzureClient(HttpMessageHandler handler, TokenCredential? credential)
    {
        var options = Pipeline(new AzureOpenAIClientOptions { Audience = EntraSignIn.ScopeOf(Deployment) }, handler);
        var client = Deployment.ApiKey.Length > 0
            ? new AzureOpenAIClient(Address, new ApiKeyCredential(Deployment.ApiKey), options)
            : new AzureOpenAIClient(Address, credential ?? EntraSignIn.Create(Deployment), options);
        return client.GetChatClient(Deployment.Deployment);
    }

    private ChatClient OpenAIClient(HttpMessageHandler handler)
    {
        var options = Pipeline(new OpenAIClientOptions { Endpoint = Address }, handler);
        // The SDK requires a key. Servers without keys ignore it.
        var key = Deployment.ApiKey.Length > 0 ? Deployment.ApiKey : "none";
        return new ChatClient(Deployment.Deployment, new ApiKeyCredential(key), options);
    }

    /// <summary>Switches off the SDK's retries and time limits: <see cref="ModelTimeouts"/> holds ours.</summary>
    private static T Pipeline<T>(T options, HttpMessageHandler handler) where T : ClientPipelineOptions
    {
        options.RetryPolicy = new ClientRetryPolicy(maxRetries: 0);
        options.NetworkTimeout = Timeout.InfiniteTimeSpan;
        options.Transport = new HttpClientPipelineTransport(
            new HttpClient(new BodyRelease(handler), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
        return options;
    }

    /// <summary>Rewrites the address for an api-version that the SDK does not know, or for <c>/openai/v1</c>.</summary>
    private sealed class AddressPolicy(string apiVersion) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Rewrite(message.Request);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Rewrite(message.Request);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void Rewrite(PipelineRequest request)
        {
            var uri = new UriBuilder(request.Uri!);
            if (apiVersion == DeploymentOptions.V1)
            {
                // Behind a gateway, a path of the resource may stand before /openai.
                var root = uri.Path[..uri.Path.IndexOf("/openai/deployments/", StringComparison.Ordinal)];
                (uri.Path, uri.Query) = ($"{root}/openai/v1/chat/completions", "");
            }
            else
            {
                uri.Query = $"api-version={apiVersion}";
            }
            request.Uri = uri.Uri;
        }
    }
}
