using ChatStream.Web.Settings;

namespace ChatStream.Web.Storage;

/// <summary>The lock on the data folder of a SQLite database. One process at a time has it, until it ends.</summary>
/// <param name="folder">Made if it does not exist.</param>
internal sealed class FolderLock(string folder) : IDisposable
{
    private FileStream? _file;

    public string Folder => folder;

    /// <summary>Takes the lock, unless this process has it already.</summary>
    /// <returns>False: another process has it.</returns>
    /// <exception cref="SettingsException">The folder cannot be written to.</exception>
    public bool TryTake()
    {
        try
        {
            Directory.CreateDirectory(folder);
            _file ??= new FileStream(
                Path.Combine(folder, "chatstream.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new SettingsException($"Data:Path: '{folder}' cannot be written to.", fault);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <exception cref="SettingsException">Another process has it, or the folder cannot be written to.</exception>
    public void Take()
    {
        if (!TryTake())
            throw new SettingsException(
                $"Data:Path: '{folder}' is in use by another ChatStream process, or cannot be written to. "
                + "Stop that one, or give this one a folder of its own.");
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }
}
