namespace ChatStream.Web.Views.Diagnose;

/// <summary>The page that measures what proxies do to streams.</summary>
/// <param name="Silence">How long it watches a silent stream.</param>
public sealed record DiagnosePage(TimeSpan Silence)
{
    /// <summary>How long all measures take at most: a silence, as long again for a departure, and the rest.</summary>
    public int LongestSeconds => (int)Math.Ceiling((2 * Silence.TotalSeconds) + 5);

    /// <summary>What is measured, in the order of the page.</summary>
    public static readonly IReadOnlyList<string> Checks =
        ["arrival", "compression", "headers", "browser", "app", "stop", "silence", "departure"];
}
