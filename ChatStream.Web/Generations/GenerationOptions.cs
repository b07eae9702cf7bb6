using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Generations;

internal sealed class GenerationOptions
{
    public const string Section = "Generation";

    /// <summary>
    /// A generation that nobody has read for this long is ended. The default lets a locked phone sleep; zero ends it with its
    /// last reader; empty, never.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? AbandonAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long running generations may go on once the server is told to stop.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainFor { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>For how long the log of an ended generation is kept in memory; after that its stored answer is served.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan KeepEndedFor { get; init; } = TimeSpan.FromMinutes(5);

    [Range(0, 1_000_000)]
    public int KeepEndedCount { get; init; } = 1_000;

    [Range(0L, 1L << 40)]
    public long KeepEndedBytes { get; init; } = 64 * 1024 * 1024;
}
