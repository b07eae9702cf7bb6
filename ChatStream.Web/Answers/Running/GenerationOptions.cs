using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Answers.Running;

/// <summary>When readers see a frame.</summary>
internal enum ShowFrames
{
    /// <summary>As soon as it is in the log. A crash may take text that readers saw: at most the last half second.</summary>
    AtOnce,

    /// <summary>
    /// Once it is in the database. A crash takes nothing that a reader saw, and each frame comes some 15 ms later.
    /// </summary>
    AfterCommit,
}

internal sealed class GenerationOptions
{
    public const string Section = "Generation";

    /// <summary>When readers see a frame.</summary>
    [EnumDataType(typeof(ShowFrames))]
    public ShowFrames Show { get; init; } = ShowFrames.AtOnce;

    /// <summary>
    /// How long a generation goes on without a reader. The default lets a locked phone sleep. Zero ends it with its last reader;
    /// empty: it is never abandoned.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? AbandonAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long running generations may go on when the server is told to stop.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainFor { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long the log of an ended generation stays in memory. After that the stored answer is served.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan KeepEndedFor { get; init; } = TimeSpan.FromMinutes(5);

    [Range(0, 1_000_000)]
    public int KeepEndedCount { get; init; } = 1_000;

    [Range(0L, 1L << 40)]
    public long KeepEndedBytes { get; init; } = 64 * 1024 * 1024;
}
