using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>The database of the day, on a small disk of its own where one can be mounted, and what goes wrong with it.</summary>
internal abstract class BadDayDatabase : IAsyncDisposable
{
    private const string Size = "1g";

    protected BadDayDatabase()
    {
        Folder = Directory.CreateTempSubdirectory("chatstream-bad-day-").FullName;
        HasDisk = RealProcess.Run("mount", "-t", "tmpfs", "-o", $"size={Size},mode=1777", "tmpfs", Folder).ExitCode == 0;
    }

    /// <summary>The disk.</summary>
    public string Folder { get; }

    /// <summary>Whether the folder is a disk that a test may fill. Only root can mount one.</summary>
    public bool HasDisk { get; }

    /// <summary>The app's <c>Data:Path</c>.</summary>
    public string DataFolder(int instance) => Directory.CreateDirectory(Path.Combine(Folder, $"app{instance}")).FullName;

    public abstract IReadOnlyList<(string Key, string Value)> SettingsOf(int instance);

    /// <summary>What can go wrong with it, by name. Each ends with a database that works again.</summary>
    public abstract IReadOnlyDictionary<string, Func<TimeSpan, Task>> Faults { get; }

    public static async Task<BadDayDatabase> StartAsync(DatabaseKind kind, int instances) =>
        kind == DatabaseKind.Sqlite ? new BadDaySqlite() : await BadDayPostgres.StartAsync(instances);

    public virtual ValueTask DisposeAsync()
    {
        if (HasDisk)
            RealProcess.Run("umount", "--lazy", Folder);
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes all that is left of the disk for so long.</summary>
    protected async Task FillDiskAsync(TimeSpan time)
    {
        var ballast = Path.Combine(Folder, "ballast");
        try
        {
            await using var file = File.Create(ballast);
            foreach (var piece in new[] { new byte[1 << 20], new byte[4096] })
                await FillAsync(file, piece);
            await Task.Delay(time, TimeProvider.System);
        }
        finally
        {
            File.Delete(ballast);
        }
    }

    private static async Task FillAsync(FileStream file, byte[] piece)
    {
        try
        {
            while (true)
            {
                await file.WriteAsync(piece);
                await file.FlushAsync();
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }
}
