using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Owning;

/// <summary>
/// The instance that had this instance's data folder before. Whoever has the lock of the folder knows that it is gone, so its
/// answers need not wait until its time is over: a process that crashed and is started again ends them at once.
/// </summary>
internal sealed class Predecessor(FolderLock folder, IInstances instances, Instance instance) : IHostedLifecycleService
{
    private const string FileName = "owner";

    /// <summary>Runs when the database is open.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // A folder that several instances share belongs to the first of them.
        if (!instances.AreMany || DataFolder.IsOnShare(folder.Folder) || !folder.TryTake())
            return;
        var file = Path.Combine(folder.Folder, FileName);
        if (File.Exists(file) && await File.ReadAllTextAsync(file, cancellationToken) is var id && Ids.IsId(id))
            await instances.RemoveAsync(id, cancellationToken);
        await File.WriteAllTextAsync(file, instance.Id, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
