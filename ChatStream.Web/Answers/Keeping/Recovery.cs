using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// Opens the database before the web server listens, joins the other instances, and takes over or ends the answers that an
/// instance left running when it died.
/// </summary>
internal sealed class Recovery(
    IChatDatabase database, IInstances instances, Instance instance, Cluster cluster, Lease lease, Predecessor predecessor,
    Orphans orphans, Func<ITakeover> takeover, CheckpointJournal journal) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        await cluster.JoinAsync(cancellationToken);
        await lease.TakeAsync(cancellationToken);
        await predecessor.BuryAsync(cancellationToken);
        await RecoverAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Tells the other instances on which port this one listens.</summary>
    public Task StartedAsync(CancellationToken cancellationToken) => lease.TakeAsync(cancellationToken);

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs last of all: what this instance ran has its end, and it needs not count as alive any longer.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => lease.EndAsync();

    /// <summary>
    /// Takes over or ends the answers that were left running. A crash in the middle loses nothing: the next call begins again.
    /// </summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        // The instances are read after the answers: one that began meanwhile is among them.
        var unended = await orphans.FindAsync(cancellationToken);
        var alive = (await instances.AliveAsync(instance.Id, cancellationToken)).Select(row => row.Id)
            .ToHashSet(StringComparer.Ordinal);
        var left = unended.Where(answer => answer.InstanceId is null || !alive.Contains(answer.InstanceId)).ToList();
        await orphans.EndAsync(await takeover().TakeOverAsync(left));
        // Emptied last: until here a crash leaves everything that is needed to begin again.
        await journal.RemoveLeftAsync();
    }
}
