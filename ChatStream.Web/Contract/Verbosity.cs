namespace ChatStream.Web.Contract;

/// <summary>How much a model writes: the values of <c>verbosity</c>.</summary>
internal static class Verbosity
{
    /// <summary>The least first.</summary>
    public static readonly IReadOnlyList<string> All = ["low", "medium", "high"];

    /// <summary>For sentences.</summary>
    public const string Choices = "low, medium or high";

    public static bool IsKnown(string verbosity) => All.Contains(verbosity);
}
