using System.Diagnostics;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Conversations.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Generations;

/// <summary>
/// Runs generations to their end, each in a scope, with a token and under an activity of its own; and ends them all when the
/// server stops.
/// </summary>
internal sealed partial class GenerationRunner(
    ConversationStore store,
    GenerationRegistry registry,
    Checkpoints checkpoints,
    TokenCounter tokens,
    IServiceScopeFactory scopes,
    IOptions<GenerationOptions> options,
    TimeProvider time,
    ILogger<GenerationRunner> logger) : IHostedLifecycleService
{
    public const string ActivitySourceName = "ChatStream.Generations";

    private static readonly ActivitySource Source = new(ActivitySourceName);

    private volatile bool _stopping;

    /// <summary>Whether the server takes no new generations any more.</summary>
    public bool IsStopping => _stopping;

    /// <exception cref="RefusedException">503.</exception>
    public void RefuseWhenStopping()
    {
        if (_stopping)
            throw new RefusedException(new Refusal(503, Field: null, "The server is stopping.") { Code = "server_stopping", RetryAfter = 5 });
    }

    /// <summary>Starts the model and returns at once.</summary>
    /// <param name="generation">Begun: frame 0 is in its log.</param>
    /// <param name="lease">Given back when it has ended.</param>
    /// <param name="request">The activity that asked for it: linked, because the generation may outlive it.</param>
    public void Run(Generation generation, IDisposable lease, ActivityContext request)
    {
        // What flows with a request (its activity, its HttpContext, its logging scopes) stays with the request.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(() => RunAsync(generation, lease, request), CancellationToken.None);
    }

    /// <summary>Forgets, in the background, how to recognise the repeat of a start.</summary>
    public void Forget(Owner owner, RepeatKey key, string generationId) => _ = Task.Run(async () =>
    {
        try
        {
            await store.ForgetStartAsync(owner, key, generationId);
        }
        catch (Exception fault)
        {
            Log.NotForgotten(logger, fault);
        }
    });

    public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(tokens.WarmUp, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before the web server stops listening: attaching works while running generations get their time to finish.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        var deadline = Task.Delay(options.Value.DrainFor, time, cancellationToken);
        // More than once, for a start that was let in just before.
        while (registry.Running.ToList() is { Count: > 0 } running)
        {
            Log.Draining(logger, running.Count, options.Value.DrainFor);
            var all = Task.WhenAll(running.Select(generation => generation.Closed));
            await Task.WhenAny(all, deadline);
            foreach (var generation in running)
                generation.TryEnd(FinishReason.Interrupted, new FailurePayload(FailureCode.Interrupted, "The server was stopped."));
            await all.WaitAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RunAsync(Generation generation, IDisposable lease, ActivityContext request)
    {
        using var activity = Source.StartActivity("generation", ActivityKind.Internal, parentContext: default, links: [new ActivityLink(request)])
            ?? new Activity("generation").Start();
        activity.SetTag("chatstream.generation.id", generation.Id);
        try
        {
            Log.Started(logger, generation.Start.Model, request.TraceId);
            await using var scope = scopes.CreateAsyncScope();
            using var abandonment = Abandonment.Watch(generation, options.Value.AbandonAfter, time);
            var producing = ProduceAsync(scope.ServiceProvider, generation);

            // Not the producer's end: whoever ends a generation does not wait for a model to notice.
            var end = await generation.Ended;
            await CloseAsync(generation, end, lease);
            if (end.Reason == FinishReason.Completed)
                scope.ServiceProvider.GetRequiredService<ModelTitles>().Give(generation);
            registry.Ended(generation); // last: from now on its memory may go
            await producing;
        }
        catch (Exception fault)
        {
            Log.RunFailed(logger, fault);
        }
    }

    // The model's client is made with the first run: where that fails, the answer fails, and does not wait for ever.
    private async Task ProduceAsync(IServiceProvider services, Generation generation)
    {
        try
        {
            await services.GetRequiredService<ModelRun>().ProduceAsync(generation, generation.Start.ParentId, generation.Start.Model);
        }
        catch (Exception fault)
        {
            Log.RunFailed(logger, fault);
            generation.TryEnd(FinishReason.Failed, new FailurePayload(FailureCode.Internal, "The server failed before it could answer."));
        }
    }

    private async Task CloseAsync(Generation generation, GenerationEnd end, IDisposable lease)
    {
        try
        {
            // Stored first: who has read "completed" may rely on it.
            await store.EndAsync(generation.Owner, generation.ToStored(end));
        }
        catch (StorageException fault)
        {
            Log.NotStored(logger, fault.InnerException!);
            end = new GenerationEnd(FinishReason.Failed, new FailurePayload(FailureCode.Internal, "The answer could not be stored."));
            checkpoints.Retry(generation, generation.ToStored(end));
        }
        catch (Exception fault)
        {
            // Not the database's fault, and not to be mended by trying again. Whoever reads is told all the same.
            Log.NotStored(logger, fault);
            end = new GenerationEnd(FinishReason.Failed, new FailurePayload(FailureCode.Internal, "The answer could not be stored."));
            checkpoints.LeaveToRecovery(generation);
        }
        // Who has read the end may start the next one.
        lease.Dispose();
        generation.Close(end);
        if (end.Failure is { Code: var failure })
            Log.EndedWithFailure(logger, end.Reason, failure, generation.Log.Count);
        else
            Log.Ended(logger, end.Reason, generation.Log.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "A generation started: {Model}, asked for in trace {RequestTraceId}.")]
        public static partial void Started(ILogger logger, string model, ActivityTraceId requestTraceId);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "A generation ended: {Reason}, {Frames} frames.")]
        public static partial void Ended(ILogger logger, FinishReason reason, int frames);

        [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "An answer could not be stored.")]
        public static partial void NotStored(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "A generation broke off.")]
        public static partial void RunFailed(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "Stopping: {Running} generations get {Time} to finish.")]
        public static partial void Draining(ILogger logger, int running, TimeSpan time);

        [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "The key of a start that was read to its end could not be removed.")]
        public static partial void NotForgotten(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "A generation ended: {Reason} ({Failure}), {Frames} frames.")]
        public static partial void EndedWithFailure(ILogger logger, FinishReason reason, FailureCode failure, int frames);
    }
}
