using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Limits on what answers may cost.</summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>The most generations that run at once, of all users.</summary>
    [Range(1, 100_000)]
    public int Running { get; init; } = 200;

    /// <summary>The most generations of one user that run at once.</summary>
    [Range(1, 100_000)]
    public int RunningPerUser { get; init; } = 5;

    /// <summary>The most readers of one answer at the same time.</summary>
    [Range(1, 100_000)]
    public int ReadersPerAnswer { get; init; } = 200;

    /// <summary>The most generations that one user may start in a minute.</summary>
    [Range(1, 100_000)]
    public int StartsPerMinute { get; init; } = 30;
}
