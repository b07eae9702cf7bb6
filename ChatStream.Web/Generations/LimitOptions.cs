using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Generations;

/// <summary>The spend brake.</summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>Generations that run at once, in all.</summary>
    [Range(1, 100_000)]
    public int Running { get; init; } = 200;

    /// <summary>Generations of one user that run at once.</summary>
    [Range(1, 100_000)]
    public int RunningPerUser { get; init; } = 5;

    /// <summary>Generations that one user may start in a minute.</summary>
    [Range(1, 100_000)]
    public int StartsPerMinute { get; init; } = 30;
}
