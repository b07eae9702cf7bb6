namespace ChatStream.Web.Storage;

/// <summary>The folder <c>Data:Path</c>: whether it can be used.</summary>
internal static class DataFolder
{
    /// <summary>The folder of the keys that sign cookies.</summary>
    public const string Keys = "keys";

    /// <summary>The file with the name that tells this ChatStream from others on the same host.</summary>
    public const string Name = "instance";

    /// <summary>The name that the folder holds; null: none yet.</summary>
    public static string? NameIn(string folder)
    {
        var file = Path.Combine(folder, Name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    // The first letters of the file systems' names, of whatever version.
    private static readonly string[] Shares = ["nfs", "cifs", "smb"];

    /// <summary>Makes the folder and that of the keys, and writes to both.</summary>
    /// <param name="folder">The full path.</param>
    /// <param name="isOfSqlite">Whether the database is to be in it.</param>
    /// <returns>What is wrong, and what to do. Null: nothing.</returns>
    public static string? FaultOf(string folder, bool isOfSqlite)
    {
        if (FaultOfWriting(folder) is { } fault)
            return fault;
        return FaultOfWriting(Path.Combine(folder, Keys)) ?? (isOfSqlite ? FaultOfDisk(folder, FormatOf(folder)) : null);
    }

    /// <summary>SQLite's locks and its shared memory do not work over a network. It would damage the database.</summary>
    /// <param name="folder">The full path.</param>
    /// <param name="format">The file system's name as the operating system tells it.</param>
    public static string? FaultOfDisk(string folder, string format) =>
        IsShare(format) || folder.StartsWith(@"\\", StringComparison.Ordinal)
            ? $"'{folder}' is on a network share ({format}). SQLite's write-ahead log needs a local disk. Use one, or PostgreSQL "
                + $"({DataOptions.Connections}:{nameof(ConnectionOptions.Postgres)})."
            : null;

    /// <summary>Whether the folder is on a network share, whose locks may not hold between hosts.</summary>
    public static bool IsOnShare(string folder) => FaultOfDisk(folder, FormatOf(folder)) is not null;

    private static bool IsShare(string format) =>
        Shares.Any(share => format.StartsWith(share, StringComparison.OrdinalIgnoreCase));

    private static string FormatOf(string folder)
    {
        try
        {
            return new DriveInfo(folder).DriveFormat;
        }
        catch (Exception fault) when (fault is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return ""; // a file system without a name
        }
    }

    private static string? FaultOfWriting(string folder)
    {
        if (File.Exists(folder))
            return $"'{folder}' is a file, and must be a folder.";
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".{Path.GetRandomFileName()}");
            File.WriteAllBytes(probe, [0]);
            File.Delete(probe);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"'{folder}' cannot be written to ({fault.Message}). Let this process write there, or name another folder.";
        }
    }
}
