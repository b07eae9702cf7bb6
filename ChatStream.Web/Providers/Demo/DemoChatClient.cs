using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Demo;

/// <summary>
/// The model that answers when none is configured. It runs in the process, is as fast as a real model, and always answers the
/// same prompt in the same way. Commands such as <c>/long</c> or <c>/filter</c> show each state of the contract; <c>/help</c>
/// lists them.
/// </summary>
internal sealed class DemoChatClient(TimeProvider time) : IChatClient
{
    private static readonly TimeSpan FirstToken = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Token = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan SlowToken = TimeSpan.FromSeconds(1);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages.ToList();
        var scene = DemoScene.For(conversation, options);

        await Task.Delay(scene.IsSlow ? 10 * FirstToken : FirstToken, time, cancellationToken);
        if (scene.FailsAtOnce)
            throw scene.Failure!;
        yield return new ChatResponseUpdate(ChatRole.Assistant, []);

        foreach (var word in Words(scene.Reasoning))
        {
            await Task.Delay(Token, time, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent(word)]);
        }
        var tokens = 0;
        foreach (var word in Words(scene.Text))
        {
            await Task.Delay(scene.IsSlow ? SlowToken : Token, time, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, word);
            tokens++;
        }

        if (scene.Call is not null)
            yield return new ChatResponseUpdate(ChatRole.Assistant, [scene.Call]);
        if (scene.Failure is not null)
            throw scene.Failure;
        var ending = Ending(scene, conversation, tokens);
        yield return new ChatResponseUpdate(ChatRole.Assistant, ending) { FinishReason = scene.FinishReason };
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static List<AIContent> Ending(DemoScene scene, List<ChatMessage> conversation, int tokens)
    {
        List<AIContent> contents = [];
        if (scene.FinishReason == ChatFinishReason.ContentFilter)
            contents.Add(ModelFailures.AnswerFiltered([new("violence", "medium")]));
        var reasoning = Words(scene.Reasoning).Count();
        contents.Add(new UsageContent(new UsageDetails
        {
            InputTokenCount = conversation.Sum(message => Words(message.Text).Count()),
            OutputTokenCount = tokens + reasoning,
            ReasoningTokenCount = reasoning > 0 ? reasoning : null,
        }));
        return contents;
    }

    /// <summary>Cuts a text before each run of white space. The pieces, joined, are the text.</summary>
    private static IEnumerable<string> Words(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            yield return text[start..end];
            start = end;
        }
    }
}
