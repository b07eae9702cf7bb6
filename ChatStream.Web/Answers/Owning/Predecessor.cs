using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Owning;

/// <summary>
/// The instance that had this instance's data folder before. This one has the lock of the folder, so that one is gone, and its
/// answers need not wait until its time is over: a process that crashed and is started again ends them at once.
/// </summary>
internal sealed class Predecessor(FolderLock folder, IInstances instances, Instance instance)
{
    private const string FileName = "owner";

    /// <summary>Removes it from the instances, and notes this one for the next.</summary>
    public async Task BuryAsync(CancellationToken cancellationToken)
    {
        // A folder that several instances share belongs to the first of them.
        if (!instances.AreMany || DataFolder.IsOnShare(folder.Folder) || !folder.TryTake())
            return;
        var file = Path.Combine(folder.Folder, FileName);
        // A copy of the folder may be on another host, where the lock says nothing.
        var lines = File.Exists(file) ? await File.ReadAllLinesAsync(file, cancellationToken) : [];
        if (lines is [var id, var host] && Ids.IsId(id) && host == Environment.MachineName)
            await instances.RemoveAsync(id, cancellationToken);
        await File.WriteAllLinesAsync(file, [instance.Id, Environment.MachineName], cancellationToken);
    }
}
