using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Identity;
using OpenAI;
using OpenAI.Chat;

namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>
/// The SDK's side of one deployment: address, credentials, pipeline. Its protocol method sends our bytes and hands back the
/// service's; the typed one drops fields, and throws on those it does not know.
/// </summary>
internal sealed class CompletionsEndpoint
{
    private readonly ChatClient _client;
    private readonly PipelinePolicy? _address;

    public CompletionsEndpoint(DeploymentOptions deployment, HttpMessageHandler handler)
    {
        Deployment = deployment;
        var (root, apiVersion) = deployment.Root();
        Address = root;
        _client = deployment.Kind == ProviderKind.Azure ? AzureClient(handler) : OpenAIClient(handler);
        if (deployment.Kind == ProviderKind.Azure && apiVersion != DeploymentOptions.DefaultApiVersion)
            _address = new AddressPolicy(apiVersion);
    }

    public DeploymentOptions Deployment { get; }

    public Uri Address { get; }

    /// <summary>The response, its body not yet read. An error's status is returned, not thrown.</summary>
    public async Task<PipelineResponse> SendAsync(BinaryData body, string accept, CancellationToken cancellationToken)
    {
        var request = new RequestOptions
        {
            BufferResponse = false,
            CancellationToken = cancellationToken, // up to the headers only
            ErrorOptions = ClientErrorBehaviors.NoThrow,
        };
        request.SetHeader("Accept", accept);
        if (_address is not null)
            request.AddPolicy(_address, PipelinePosition.PerCall);
        using var content = BinaryContent.Create(body);
        var result = await _client.CompleteChatAsync(content, request);
        return result.GetRawResponse();
    }

    private ChatClient AzureClient(HttpMessageHandler handler)
    {
        var options = Pipeline(new AzureOpenAIClientOptions(), handler);
        var client = Deployment.ApiKey.Length > 0
            ? new AzureOpenAIClient(Address, new ApiKeyCredential(Deployment.ApiKey), options)
            : new AzureOpenAIClient(Address, new DefaultAzureCredential(), options);
        return client.GetChatClient(Deployment.Deployment);
    }

    private ChatClient OpenAIClient(HttpMessageHandler handler)
    {
        var options = Pipeline(new OpenAIClientOptions { Endpoint = Address }, handler);
        // Servers that want no key ignore this one; the SDK wants one.
        var key = Deployment.ApiKey.Length > 0 ? Deployment.ApiKey : "none";
        return new ChatClient(Deployment.Deployment, new ApiKeyCredential(key), options);
    }

    /// <summary>No hidden retries and no time limits but our own.</summary>
    private static T Pipeline<T>(T options, HttpMessageHandler handler) where T : ClientPipelineOptions
    {
        options.RetryPolicy = new ClientRetryPolicy(maxRetries: 0);
        options.NetworkTimeout = Timeout.InfiniteTimeSpan;
        options.Transport = new HttpClientPipelineTransport(
            new HttpClient(new BodyRelease(handler), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
        return options;
    }

    /// <summary>Sends to another api-version than the SDK knows, or to <c>/openai/v1</c>.</summary>
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
            if (apiVersion == "v1")
            {
                // A resource behind a gateway may have a path of its own before /openai.
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
