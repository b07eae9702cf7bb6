using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Providers;

/// <summary>
/// How long a model may take. The SDK's own limits are switched off, because they count only the time to the headers, or repeat
/// the request once they are reached.
/// </summary>
internal sealed class ModelTimeouts
{
    public const string Section = "ModelTimeouts";

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the request to the first byte of the answer's body. Reasoning models are silent for minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FirstByte { get; init; } = TimeSpan.FromMinutes(5);

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BetweenBytes { get; init; } = TimeSpan.FromMinutes(2);

    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Total { get; init; } = TimeSpan.FromMinutes(30);
}
