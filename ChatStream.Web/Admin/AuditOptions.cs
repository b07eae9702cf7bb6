using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Admin;

/// <summary>What the audit log keeps.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>How long an entry is kept; null: for ever.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00")]
    public TimeSpan? KeepFor { get; init; } = TimeSpan.FromDays(365);

    /// <summary>
    /// Entries that one user can add in a minute, by each instance. 1,000 can be saved up. What administrators do is not counted.
    /// </summary>
    [Range(1, 100_000)]
    public int PerMinute { get; init; } = 60;

    /// <summary>Whether the address is kept that a request came from: of IPv6 the /64 network.</summary>
    public bool Addresses { get; init; } = true;
}
