using System.Runtime.CompilerServices;
using ChatStream.Web.Providers.Responses;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Failover;

/// <summary>
/// The <see cref="IChatClient"/> of one model over its deployments. A request goes to the first deployment that does not cool. If
/// that one fails before the first word, the next one is asked. After the first word, text or reasoning, a failure is passed on.
/// Thread-safe.
/// </summary>
/// <remarks>
/// Throws a <see cref="ModelException"/> if no deployment answers, and <see cref="OperationCanceledException"/> at once if the
/// caller cancels. Never waits, and asks each deployment at most once. The first update of an answer carries its
/// <see cref="AnsweringDeployment"/>.
/// </remarks>
/// <param name="model">The model's name, for the log.</param>
/// <param name="deployments">In order of preference, at least one.</param>
/// <param name="patience">After a failure and this time, no further deployment is asked.</param>
/// <param name="time">Measures <paramref name="patience"/>.</param>
/// <param name="logger">Gets each failure that another deployment may hide.</param>
internal sealed class FailoverClient(
    string model, IReadOnlyList<ModelDeployment> deployments, TimeSpan patience, TimeProvider time,
    ILogger<FailoverClient> logger) : IChatClient
{
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        PositionToken.Of(options) is { } position
            ? GoOnAsync(position, messages, options, cancellationToken)
            : AskAsync(messages, options, cancellationToken);

    // Only the deployment that began an answer can go on with it.
    private async IAsyncEnumerable<ChatResponseUpdate> GoOnAsync(
        ResponsePosition position, IEnumerable<ChatMessage> messages, ChatOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var deployment = deployments.FirstOrDefault(known => known.Key == position.Deployment)
            ?? throw ModelFailures.NotGoingOn();
        var answering = new AnsweringDeployment(deployment.Name, IsFallback: deployment != deployments[0]);
        using var call = ModelCall.Start(model, deployment);
        await foreach (var update in deployment.Client.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            call?.See(update);
            if (answering is not null)
                answering.AddTo(update);
            answering = null;
            yield return update;
        }
    }

    private async IAsyncEnumerable<ChatResponseUpdate> AskAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var attempts = new Attempts(model, deployments, patience, time, logger);
        while (attempts.Next() is { } attempt)
        {
            using var pass = attempt.Pass;
            using var call = ModelCall.Start(model, attempt.Deployment);
            await using var updates = attempt.Deployment.Client
                .GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            var (hasBegun, hasWord, hasFailed) = (false, false, false);
            while (!hasFailed)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                        yield break;
                }
                catch (ModelException fault) when (!hasWord && Attempts.MayMoveOn(fault))
                {
                    call?.Failed(fault.Code);
                    attempts.Failed(attempt, fault);
                    hasFailed = true;
                    continue;
                }
                catch (ModelException fault)
                {
                    call?.Failed(fault.Code);
                    throw;
                }
                var update = updates.Current;
                call?.See(update);
                if (!hasBegun)
                {
                    hasBegun = true;
                    pass.Begun();
                    attempt.Answering.AddTo(update);
                }
                if (!hasWord && HasWord(update))
                {
                    hasWord = true;
                    pass.Answered();
                }
                yield return update;
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        throw attempts.Failure();
    }

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var attempts = new Attempts(model, deployments, patience, time, logger);
        while (attempts.Next() is { } attempt)
        {
            using var pass = attempt.Pass;
            using var call = ModelCall.Start(model, attempt.Deployment);
            try
            {
                var response = await attempt.Deployment.Client.GetResponseAsync(messages, options, cancellationToken);
                pass.Answered();
                call?.See(response);
                return response;
            }
            catch (ModelException fault)
            {
                call?.Failed(fault.Code);
                if (!Attempts.MayMoveOn(fault))
                    throw;
                attempts.Failed(attempt, fault);
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        throw attempts.Failure();
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this
        : deployments[0].Client.GetService(serviceType, serviceKey);

    public void Dispose()
    {
        foreach (var deployment in deployments)
            deployment.Client.Dispose();
    }

    /// <summary>Whether an update has something that cannot be taken back: anything but ids, usage and empty text.</summary>
    private static bool HasWord(ChatResponseUpdate update)
    {
        if (update.FinishReason is not null)
            return true;
        foreach (var content in update.Contents)
        {
            if (content is not (UsageContent or TextContent { Text.Length: 0 } or TextReasoningContent { Text.Length: 0 }))
                return true;
        }
        return false;
    }
}
