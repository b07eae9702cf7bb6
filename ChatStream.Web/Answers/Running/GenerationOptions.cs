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

internal sealed class GenerationOptions : IValidatableObject
{
    public const string Section = "Generation";

    /// <summary>A page in a hidden tab asks for its answer once a minute, and browsers may delay that.</summary>
    private static readonly TimeSpan ShortestAbandonAfter = TimeSpan.FromMinutes(2);

    /// <summary>When readers see a frame.</summary>
    [EnumDataType(typeof(ShowFrames))]
    public ShowFrames Show { get; init; } = ShowFrames.AtOnce;

    /// <summary>
    /// How long a generation goes on without a reader. The default lets a locked phone sleep. Zero ends it with its last reader;
    /// else it is 2 minutes or more. Empty: it is never abandoned.
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

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AbandonAfter is { } time && time > TimeSpan.Zero && time < ShortestAbandonAfter)
        {
            yield return new ValidationResult(
                $"The field {nameof(AbandonAfter)} must be 00:00:00, or {ShortestAbandonAfter} or more: "
                + "a page in a hidden tab asks once a minute.", [nameof(AbandonAfter)]);
        }
    }
}
