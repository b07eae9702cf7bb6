using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Files;

/// <summary>What users may upload, and how it is read.</summary>
internal sealed class FilesOptions
{
    public const string Section = "Files";

    /// <summary>Whether users may upload files. Those that are stored stay.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Bytes of one file.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MostBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Files of one message.</summary>
    [Range(1, 50)]
    public int MostPerMessage { get; init; } = 10;

    /// <summary>Pixels of one image: width times height.</summary>
    [Range(1, 1_000_000_000)]
    public int MostPixels { get; init; } = 40_000_000;

    /// <summary>Characters of a text, or of the text of a document.</summary>
    [Range(1_000, 20_000_000)]
    public int MostCharacters { get; init; } = 1_000_000;

    /// <summary>Processor time for reading one document.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00")]
    public TimeSpan ReadWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of memory that the process may have which reads a document.</summary>
    [Range(96L * 1024 * 1024, 1L << 40)]
    public long ReadMemory { get; init; } = 200L * 1024 * 1024;

    /// <summary>Images of one request to a model, the newest ones. Of the others it gets the names.</summary>
    [Range(1, 500)]
    public int MostImagesSent { get; init; } = 20;

    /// <summary>Bytes of the images of one request to a model, the newest ones.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MostImageBytesSent { get; init; } = 20 * 1024 * 1024;

    /// <summary>Bytes that the files of one user may take together.</summary>
    [Range(1024, 1L << 40)]
    public long StoredBytesPerUser { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long a file is kept that stands in no message.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan KeepUnsentFor { get; init; } = TimeSpan.FromDays(1);
}
