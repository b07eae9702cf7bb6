using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Failover;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Tests.Providers.Failover;

/// <summary>A deployment that answers as the test says, and counts its requests.</summary>
internal sealed class FakeDeployment(string name) : IChatClient
{
    private int _requests;

    public string Name => name;

    public int Requests => _requests;

    /// <summary>What it does with a request. By default it answers with its name.</summary>
    public Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Answer { get; set; } = _ => Says(name);

    public static async IAsyncEnumerable<ChatResponseUpdate> Says(params string[] words)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, []);
        foreach (var word in words)
            yield return new ChatResponseUpdate(ChatRole.Assistant, word);
        await Task.Yield();
        yield return new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = ChatFinishReason.Stop };
    }

    /// <summary>Sends these updates, and then fails.</summary>
    public void Fails(FailureCode code, int? retryAfter = null, params ChatResponseUpdate[] before) =>
        Answer = _ => Failing(new ModelException(code, $"{name} failed.", retryAfter), before);

    public void FailsAfter(Action first, FailureCode code) =>
        Answer = _ => Failing(new ModelException(code, $"{name} failed."), [], first);

    /// <summary>Says that it has begun, waits for the gate, then fails.</summary>
    public void BeginsAndFailsAfter(Task gate, FailureCode code) => Answer = _ => FailingAfter(gate, code);

    /// <summary>Waits for the gate, then answers.</summary>
    public void WaitsFor(Task gate) => Answer = token => After(gate, token);

    public ModelDeployment With(CoolDown coolDown) => new(name, this, coolDown);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _requests);
        return Answer(cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(FakeDeployment) ? this : null;

    public void Dispose()
    {
    }

    public static async IAsyncEnumerable<ChatResponseUpdate> Failing(
        Exception fault, ChatResponseUpdate[] before, Action? first = null)
    {
        first?.Invoke();
        foreach (var update in before)
            yield return update;
        await Task.Yield();
        throw fault;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> FailingAfter(Task gate, FailureCode code)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, []);
        await gate;
        throw new ModelException(code, $"{name} failed.");
    }

    private async IAsyncEnumerable<ChatResponseUpdate> After(Task gate, [EnumeratorCancellation] CancellationToken token)
    {
        await gate.WaitAsync(token);
        await foreach (var update in Says(name))
            yield return update;
    }
}
