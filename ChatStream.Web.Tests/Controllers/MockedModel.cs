using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moq;
using Moq.Language.Flow;

namespace ChatStream.Web.Tests.Controllers;

/// <summary>The app with a mock where the model is, and what the mock was asked last.</summary>
internal sealed class MockedModel
{
    private readonly Mock<IChatClient> _client = new();

    public IReadOnlyList<ChatMessage> Messages { get; private set; } = [];

    public ChatOptions? Options { get; private set; }

    public CancellationToken Token { get; private set; }

    public Task<ChatApp> StartAppAsync(Action<ChatApp.Setup>? configure = null) => ChatApp.StartAsync(setup =>
    {
        // Never called: the mock stands in front of it.
        setup.Settings["AzureOpenAI:Endpoint"] = "https://nowhere.invalid/";
        setup.Settings["AzureOpenAI:Deployment"] = "gpt-4o";
        setup.Settings["AzureOpenAI:ApiKey"] = "no key";
        setup.Settings["Chat:SystemPrompt"] = "Be brief.";
        setup.Services = services => services.Replace(ServiceDescriptor.Singleton(_client.Object));
        configure?.Invoke(setup);
    });

    /// <summary>Answers with texts and an end of its own.</summary>
    public void Answers(params string[] texts) => Yields(_ => Updates(texts));

    public void Yields(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> updates) => Setup().Returns(
        (IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken token) =>
        {
            (Messages, Options, Token) = ([.. messages], options, token);
            return updates(token);
        });

    public void Throws(Exception fault) => Setup().Throws(fault);

    public static ChatResponseUpdate Text(string text) => new(ChatRole.Assistant, text);

    public static ChatResponseUpdate Stop() => new() { FinishReason = ChatFinishReason.Stop };

    private ISetup<IChatClient, IAsyncEnumerable<ChatResponseUpdate>> Setup() => _client.Setup(
        client => client.GetStreamingResponseAsync(
        It.IsAny<IEnumerable<ChatMessage>>(), It.IsAny<ChatOptions?>(), It.IsAny<CancellationToken>()));

    private static async IAsyncEnumerable<ChatResponseUpdate> Updates(string[] texts)
    {
        foreach (var text in texts)
            yield return Text(text);
        await Task.Yield();
        yield return Stop();
    }
}
