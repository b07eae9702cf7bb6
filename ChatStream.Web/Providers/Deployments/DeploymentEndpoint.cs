using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Core;
using ChatStream.Web.Providers.Responses;
using OpenAI;
using OpenAI.Chat;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// Sends requests to one deployment through the SDK, which adds credentials and pipeline. Requests and responses are raw bytes:
/// the SDK's typed method drops fields, and throws on values that it does not know. Both interfaces go through the protocol
/// method of chat completions, because this version of the SDK has none for Responses.
/// </summary>
internal sealed class DeploymentEndpoint
{
    private readonly ChatClient _chat;
    private readonly Lazy<ChatClient> _responses;
    private readonly Lazy<ChatClient> _kept; // requests about responses that the service keeps
    private volatile RequestForm _form;

    /// <param name="deployment">Its settings.</param>
    /// <param name="handler">Sends the requests.</param>
    /// <param name="credential">Signs in where there is no key; null: as the settings say.</param>
    /// <param name="efforts">The efforts that its model takes, by the settings; empty or null: they do not say.</param>
    public DeploymentEndpoint(
        DeploymentOptions deployment, HttpMessageHandler handler, TokenCredential? credential = null,
        IReadOnlyList<string>? efforts = null)
    {
        Deployment = deployment = deployment.Resolve();
        Address = new Uri(deployment.Endpoint);
        Key = deployment.Key;
        _form = RequestForm.Of(deployment, efforts);
        if (deployment is { Kind: ProviderKind.Azure, ApiKey: "" })
            credential ??= EntraSignIn.Create(deployment);
        _chat = ClientFor(ModelApi.Chat);
        _responses = new Lazy<ChatClient>(() => ClientFor(ModelApi.Responses));
        _kept = new Lazy<ChatClient>(() => ClientFor(api: null));

        ChatClient ClientFor(ModelApi? api) =>
            deployment.Kind == ProviderKind.Azure ? AzureClient(api, handler, credential) : OpenAIClient(api, handler);
    }

    public DeploymentOptions Deployment { get; }

    /// <summary>As <see cref="DeploymentOptions.Key"/>.</summary>
    public string Key { get; }

    /// <summary>
    /// How requests are written. What a service refuses changes it, for all later requests. If two requests learn something at
    /// once, one of the changes may be lost, and is learned again.
    /// </summary>
    public RequestForm Form
    {
        get => _form;
        set => _form = value;
    }

    public Uri Address { get; }

    /// <summary>Sends a request and returns once the headers have come. Returns a response with an error status too.</summary>
    public async Task<PipelineResponse> SendAsync(
        BinaryData body, ModelApi api, string accept, CancellationToken cancellationToken)
    {
        var request = new RequestOptions
        {
            BufferResponse = false,
            CancellationToken = cancellationToken, // ends the wait for the headers, not the reading of the body
            ErrorOptions = ClientErrorBehaviors.NoThrow,
        };
        request.SetHeader("Accept", accept);
        using var content = BinaryContent.Create(body);
        var result = await (api == ModelApi.Chat ? _chat : _responses.Value).CompleteChatAsync(content, request);
        return result.GetRawResponse();
    }

    /// <summary>Asks for the events of a background answer after a position, as they come.</summary>
    public Task<PipelineResponse> ReadOnAsync(ResponsePosition after, CancellationToken cancellationToken) => SendAsync(
        "GET", $"/{after.ResponseId}", FormattableString.Invariant($"stream=true&starting_after={after.Sequence}"),
        "text/event-stream", cancellationToken);

    /// <summary>Asks the service to end a background answer.</summary>
    public Task<PipelineResponse> CancelAsync(ResponsePosition position, CancellationToken cancellationToken) =>
        SendAsync("POST", $"/{position.ResponseId}/cancel", query: "", "application/json", cancellationToken);

    private async Task<PipelineResponse> SendAsync(
        string method, string path, string query, string accept, CancellationToken cancellationToken)
    {
        var pipeline = _kept.Value.Pipeline;
        using var message = pipeline.CreateMessage();
        var address = new UriBuilder(AddressOf(ModelApi.Responses));
        address.Path += path;
        address.Query = string.Join('&', new[] { address.Query.TrimStart('?'), query }.Where(part => part.Length > 0));
        (message.Request.Method, message.Request.Uri) = (method, address.Uri);
        message.Request.Headers.Set("Accept", accept);
        message.Apply(new RequestOptions { BufferResponse = false, CancellationToken = cancellationToken });
        await pipeline.SendAsync(message);
        return message.ExtractResponse()!;
    }

    private Uri AddressOf(ModelApi api)
    {
        var (path, operation) = (Address.AbsolutePath.TrimEnd('/'), api == ModelApi.Chat ? "chat/completions" : "responses");
        var version = Deployment.ApiVersion;
        if (Deployment.Kind != ProviderKind.Azure)
            return At($"{path}/{operation}", query: "");
        // A deployment that turns out to have only Responses may have a version that is older than they are.
        if (version == DeploymentOptions.V1 || (api == ModelApi.Responses && !Deployment.HasResponses))
            return At($"{path}/openai/v1/{operation}", query: "");
        return At(
            api == ModelApi.Responses
                ? $"{path}/openai/{operation}"
                : $"{path}/openai/deployments/{Uri.EscapeDataString(Deployment.Deployment)}/{operation}",
            $"api-version={version}");

        Uri At(string path, string query) => new UriBuilder(Address) { Path = path, Query = query }.Uri;
    }

    private ChatClient AzureClient(ModelApi? api, HttpMessageHandler handler, TokenCredential? credential)
    {
        var options = Pipeline(new AzureOpenAIClientOptions { Audience = EntraSignIn.ScopeOf(Deployment) }, api, handler);
        var client = Deployment.ApiKey.Length > 0
            ? new AzureOpenAIClient(Address, new ApiKeyCredential(Deployment.ApiKey), options)
            : new AzureOpenAIClient(Address, credential, options);
        return client.GetChatClient(Deployment.Deployment);
    }

    private ChatClient OpenAIClient(ModelApi? api, HttpMessageHandler handler)
    {
        var options = Pipeline(new OpenAIClientOptions { Endpoint = Address }, api, handler);
        // The SDK requires a key. Servers without keys ignore it.
        var key = Deployment.ApiKey.Length > 0 ? Deployment.ApiKey : "none";
        return new ChatClient(Deployment.Deployment, new ApiKeyCredential(key), options);
    }

    /// <summary>
    /// Sets the address, unless each request has its own, and switches off the SDK's retries and time limits:
    /// <see cref="ModelTimeouts"/> holds ours.
    /// </summary>
    private T Pipeline<T>(T options, ModelApi? api, HttpMessageHandler handler) where T : ClientPipelineOptions
    {
        if (api is { } known)
            options.AddPolicy(new AddressPolicy(AddressOf(known)), PipelinePosition.PerCall);
        options.RetryPolicy = new ClientRetryPolicy(maxRetries: 0);
        options.NetworkTimeout = Timeout.InfiniteTimeSpan;
        options.Transport = new HttpClientPipelineTransport(
            new HttpClient(new BodyRelease(handler), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
        return options;
    }

    /// <summary>Sets the address, because the SDK knows neither <c>/openai/v1</c> nor Responses nor newer api-versions.</summary>
    private sealed class AddressPolicy(Uri address) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Uri = address;
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Uri = address;
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}
