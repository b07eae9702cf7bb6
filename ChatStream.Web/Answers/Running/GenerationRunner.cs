using System.Diagnostics;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Titling;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Storage;
using ChatStream.Web.Telemetry;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Running;

/// <summary>Runs a generation to its end, in a scope, with a token and under an activity of its own.</summary>
internal sealed partial class GenerationRunner(
    GenerationRegistry registry,
    UsageMeter usage,
    EndStore ends,
    CheckpointLoop checkpoints,
    ModelTitles titles,
    Cancellations cancellations,
    ModelCatalog catalog,
    IServiceScopeFactory scopes,
    IOptions<GenerationOptions> options,
    TimeProvider time,
    ILogger<GenerationRunner> logger)
{
    /// <summary>The source of the activity that each generation runs under.</summary>
    public const string ActivitySourceName = "ChatStream.Generations";

    private static readonly ActivitySource Source = new(ActivitySourceName);

    /// <summary>Starts the model and returns at once.</summary>
    /// <param name="generation">Begun: frame 0 is in its log.</param>
    /// <param name="lease">Given back when the generation has ended.</param>
    /// <param name="request">The request's activity. It is linked and no parent, because the generation may outlive it.</param>
    public void Run(Generation generation, IAsyncDisposable lease, ActivityContext request)
    {
        // The request's activity, HttpContext and logging scopes must not flow into the generation.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(() => RunAsync(generation, lease, request), CancellationToken.None);
    }

    private async Task RunAsync(Generation generation, IAsyncDisposable lease, ActivityContext request)
    {
        // An answer that is taken over goes on in the trace in which it began.
        _ = ActivityContext.TryParse(generation.Trace, traceState: null, isRemote: true, out var begun);
        using var activity = Source.StartActivity(
            "generation", ActivityKind.Internal, begun, links: [new ActivityLink(request)])
            ?? new Activity("generation").Start();
        generation.Trace ??= activity.Recorded ? activity.Id : null;
        activity.SetTag("chatstream.generation.id", generation.Id);
        try
        {
            Log.Started(logger, generation.Start.Model, request.TraceId);
            await using var scope = scopes.CreateAsyncScope();
            using var abandonment = Abandonment.Watch(generation, options.Value.AbandonAfter, time);
            var producing = ProduceAsync(scope.ServiceProvider, generation);

            // Not the end of the producer: a stop must not wait until the model notices.
            var end = await generation.Ended;
            if (end.IsLeft)
            {
                await LeaveAsync(generation, lease);
                await producing;
                generation.Dispose();
                return;
            }
            var isLost = end.Failure == OwnershipWatch.Lost;
            var cancelling = isLost ? Task.CompletedTask : CancelAsync(scope.ServiceProvider, generation, end);
            cancellations.Add(cancelling);
            end = await CloseAsync(generation, end, lease);
            Tell(activity, generation, end);
            // An answer that another process has taken over goes on there. One that was deleted does not.
            if (isLost && end.Reason == FinishReason.Stopped)
                cancelling = CancelAsync(scope.ServiceProvider, generation, end);
            if (end.Reason == FinishReason.Completed && !catalog.IsDemo)
                titles.Give(generation.Caller, generation.Start, generation.Continues + generation.ToAnswer().Text);
            if (generation.IsElsewhere)
                generation.Dispose();
            else
                registry.Keep(generation); // last: from now on its memory may be released
            await producing;
            await cancelling;
        }
        catch (Exception fault)
        {
            Log.RunFailed(logger, fault);
        }
    }

    private async Task LeaveAsync(Generation generation, IAsyncDisposable lease)
    {
        Log.Left(logger, generation.Id);
        await lease.DisposeAsync();
        registry.Leave(generation);
    }

    private void Tell(Activity activity, Generation generation, GenerationEnd end)
    {
        var model = catalog.Find(generation.Start.Model)?.Name ?? "other";
        ChatMeter.Ended(model, end.Reason, end.Failure?.Code, generation.Usage, generation.FirstWord);
        if (!Source.HasListeners())
            return;
        activity.SetTag("chatstream.model", model);
        activity.SetTag("chatstream.end.reason", ChatMeter.Label(end.Reason));
        if (end.Failure is { } failure)
            activity.SetTag("error.type", ChatMeter.Label(failure.Code)).SetStatus(ActivityStatusCode.Error);
        if (generation.FirstWordAt is { } at)
            activity.AddEvent(new ActivityEvent("chatstream.first_word", at));
    }

    // The model's client is made with the first run. If that fails, the answer fails and does not wait for ever.
    private async Task ProduceAsync(IServiceProvider services, Generation generation)
    {
        try
        {
            await services.GetRequiredService<ModelRun>().ProduceAsync(generation, generation.Start.ParentId,
                generation.Start.Model);
        }
        catch (Exception fault)
        {
            Log.RunFailed(logger, fault);
            generation.TryEnd(FinishReason.Failed,
                new FailurePayload(FailureCode.Internal, "The server failed before it could answer."));
        }
    }

    private static Task CancelAsync(IServiceProvider services, Generation generation, GenerationEnd end) =>
        generation.Position is null
            ? Task.CompletedTask
            : services.GetRequiredService<ModelRun>().CancelAsync(generation, end);

    /// <returns>The end that the readers are told.</returns>
    private async Task<GenerationEnd> CloseAsync(Generation generation, GenerationEnd end, IAsyncDisposable lease)
    {
        usage.Complete(generation, end);
        // Stored first: a reader that has read "completed" can rely on the stored answer.
        end = await StoreAsync(generation, end);
        // Given back before the end is told: a client that has read the end may start the next answer.
        await lease.DisposeAsync();
        generation.Close(end);
        if (end.Failure is { Code: var failure })
            Log.EndedWithFailure(logger, end.Reason, failure, generation.Frames.Count);
        else
            Log.Ended(logger, end.Reason, generation.Frames.Count);
        return end;
    }

    private async Task<GenerationEnd> StoreAsync(Generation generation, GenerationEnd end)
    {
        // It ended because the database does not work. The readers do not wait for it any longer.
        if (end.Failure == CheckpointLoop.NotStored)
            return StoreLater(generation, end, fault: null);
        try
        {
            var storing = ends.EndAsync(generation.Owner, generation.ToStored(end));
            if (await Task.WhenAny(storing, checkpoints.GivenUp) != storing)
                return StoreLater(generation, end, fault: null);
            return await storing switch
            {
                EndOutcome.Stored => Shown(generation, end),
                EndOutcome.Gone => new GenerationEnd(FinishReason.Stopped),
                _ => Dropped(generation, end),
            };
        }
        catch (StorageException fault)
        {
            return StoreLater(generation, end, fault.InnerException);
        }
        catch (Exception fault)
        {
            // The database is not at fault, so another try would not help. The readers are told all the same.
            Log.NotStored(logger, fault);
            checkpoints.LeaveOrphaned(generation);
            return end.IsWithdrawn ? end : new GenerationEnd(FinishReason.Failed, CheckpointLoop.NotStored);
        }
    }

    private GenerationEnd StoreLater(Generation generation, GenerationEnd end, Exception? fault)
    {
        Log.NotStored(logger, fault);
        // A text that was withdrawn would be shown again. An answer that is no longer this instance's ends at another one.
        if (!end.IsWithdrawn && end.Failure != OwnershipWatch.Lost)
            end = new GenerationEnd(FinishReason.Failed, CheckpointLoop.NotStored);
        checkpoints.Retry(generation, generation.ToStored(end, showsAll: false));
        return end;
    }

    // Before the end is told: what a reader asks after that is for the process that has the answer.
    private GenerationEnd Dropped(Generation generation, GenerationEnd end)
    {
        registry.Drop(generation);
        return end.IsWithdrawn ? end : new GenerationEnd(FinishReason.Interrupted, OwnershipWatch.Lost);
    }

    // All of its text is in the database now.
    private static GenerationEnd Shown(Generation generation, GenerationEnd end)
    {
        generation.Frames.ShowAll();
        return end;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "A generation started: {Model}, asked for in trace {RequestTraceId}.")]
        public static partial void Started(ILogger logger, string model, ActivityTraceId requestTraceId);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "A generation ended: {Reason}, {Frames} frames.")]
        public static partial void Ended(ILogger logger, FinishReason reason, int frames);

        [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "An answer could not be stored.")]
        public static partial void NotStored(ILogger logger, Exception? fault);

        [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "A generation failed unexpectedly.")]
        public static partial void RunFailed(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 6, Level = LogLevel.Information,
            Message = "The answer {GenerationId} waits for its user. Another process goes on with it.")]
        public static partial void Left(ILogger logger, string generationId);

        [LoggerMessage(EventId = 5, Level = LogLevel.Information,
            Message = "A generation ended: {Reason} ({Failure}), {Frames} frames.")]
        public static partial void EndedWithFailure(ILogger logger, FinishReason reason, FailureCode failure, int frames);
    }
}
