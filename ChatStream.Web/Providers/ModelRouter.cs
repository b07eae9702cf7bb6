using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers;

/// <summary>
/// All models behind one <see cref="IChatClient"/>. <see cref="ChatOptions.ModelId"/> chooses the model that answers.
/// </summary>
internal sealed class ModelRouter(IReadOnlyDictionary<string, IChatClient> clients) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        ClientOf(options).GetResponseAsync(messages, options, cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        ClientOf(options).GetStreamingResponseAsync(messages, options, cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is string model ? clients.GetValueOrDefault(model)?.GetService(serviceType)
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Dispose();
    }

    private IChatClient ClientOf(ChatOptions? options) =>
        options?.ModelId is { } model && clients.TryGetValue(model, out var client)
            ? client
            : throw new ArgumentException($"There is no model '{options?.ModelId}'.", nameof(options));
}
