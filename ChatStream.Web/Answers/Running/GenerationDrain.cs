using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Running;

/// <summary>Lets running generations finish when the server stops, and then ends those that are left.</summary>
internal sealed partial class GenerationDrain(
    GenerationRegistry registry,
    CheckpointLoop checkpoints,
    Cancellations cancellations,
    IOptions<GenerationOptions> options,
    TimeProvider time,
    [FromKeyedServices(StorageSetup.Clock)] TimeProvider storageTime,
    ILogger<GenerationDrain> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>
    /// How long the database may take for the ends of what was interrupted. After that readers are told, and the ends are stored
    /// last of all.
    /// </summary>
    private static readonly TimeSpan ForEnds = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource _drained = new();
    private volatile bool _stopping;

    /// <summary>Whether the server takes no new generations.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Cancelled once the server stops and nothing runs in it any more.</summary>
    public CancellationToken Drained => _drained.Token;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before the web server stops listening, so that clients can still attach while generations finish.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        var deadline = Task.Delay(options.Value.DrainFor, time, cancellationToken);
        // What waits for its user can wait in the next process.
        foreach (var generation in registry.Running)
            generation.TryLeave();
        // A loop, because a start may have been let in just before.
        while (!cancellationToken.IsCancellationRequested && registry.Running.ToList() is { Count: > 0 } running)
        {
            Log.Draining(logger, running.Count, options.Value.DrainFor);
            var all = Task.WhenAll(running.Select(generation => generation.Closed));
            await Task.WhenAny(all, deadline);
            foreach (var generation in running.Where(generation => !generation.TryLeave()))
                generation.TryEnd(FinishReason.Interrupted,
                    new FailurePayload(FailureCode.Interrupted, "The server was stopped."));
            await Task.WhenAny(all, Task.Delay(ForEnds, storageTime, cancellationToken));
            if (!all.IsCompleted)
                checkpoints.GiveUpWaiting();
            await all.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAny(cancellations.Done, Task.Delay(ForEnds, storageTime, cancellationToken));
        await _drained.CancelAsync();
    }

    public void Dispose() => _drained.Dispose();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "Stopping: {Running} generations get {Time} to finish.")]
        public static partial void Draining(ILogger logger, int running, TimeSpan time);
    }
}
