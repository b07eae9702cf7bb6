using ChatStream.Web.Providers.Background;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Providers.Responses;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers;

/// <summary>
/// All models behind one <see cref="IChatClient"/>. <see cref="ChatOptions.ModelId"/> chooses the model that answers.
/// </summary>
/// <param name="clients">By the names of the models.</param>
/// <param name="background">The deployments that make answers in the background, by <see cref="DeploymentOptions.Key"/>.</param>
internal sealed class ModelRouter(
    IReadOnlyDictionary<string, IChatClient> clients, IReadOnlyDictionary<string, DeploymentClient> background)
    : IChatClient, IBackgroundAnswers
{
    public bool Knows(ResponsePosition position) => background.ContainsKey(position.Deployment);

    public Task CancelAsync(ResponsePosition position) =>
        background.TryGetValue(position.Deployment, out var client) ? client.CancelAsync(position) : Task.CompletedTask;

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
