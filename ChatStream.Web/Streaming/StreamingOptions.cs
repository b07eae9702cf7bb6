using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Streaming;

internal sealed class StreamingOptions
{
    public const string Section = "Streaming";

    /// <summary>
    /// A comment is sent after this much silence. 15 s is below every proxy's idle limit known (the lowest is 30 s), and what
    /// the EventSource specification suggests; a write is also how some proxies learn that the browser has gone.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A reader that takes none of what is offered for this long is dropped.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DropStalledAfter { get; init; } = TimeSpan.FromSeconds(30);
}
