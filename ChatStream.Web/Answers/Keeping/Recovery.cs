using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// Opens the database before the web server listens, and ends the answers that a process left running when it died.
/// </summary>
internal sealed class Recovery(IChatDatabase database, Orphans orphans, CheckpointJournal journal) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        await RecoverAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Ends the answers that were left running. A crash in the middle loses nothing: the next call begins again.
    /// </summary>
    public async Task RecoverAsync()
    {
        // This process has the database and runs nothing yet, so every answer without an end is an orphan.
        await orphans.EndAsync(await orphans.FindAsync(CancellationToken.None));
        // Emptied last: until here a crash leaves everything that is needed to begin again.
        await journal.AppendAsync([], keepFrom: long.MaxValue);
    }
}
