using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Streaming;

/// <summary>How connections are kept alive, and when one is given up.</summary>
internal sealed class StreamingOptions
{
    public const string Section = "Streaming";

    /// <summary>
    /// A comment is sent after this much silence. 15 s is below the idle limit of every proxy that we know (the lowest is 30 s).
    /// The EventSource specification suggests it too. Some proxies notice only by a write that the browser has disconnected.
    /// The page takes a silence of 45 s for a lost connection.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:40")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A client is disconnected when it takes none of the bytes of a write for this long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DropStalledAfter { get; init; } = TimeSpan.FromSeconds(30);
}
