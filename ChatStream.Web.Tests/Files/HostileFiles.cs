using System.Text;

namespace ChatStream.Web.Tests.Files;

/// <summary>A file that wants to do harm.</summary>
/// <param name="Name">What it tries.</param>
/// <param name="Content">The upload.</param>
/// <param name="Code">The refusal that is expected; null: it is taken, and made harmless.</param>
internal sealed record HostileFile(string Name, byte[] Content, string? Code)
{
    /// <summary>Whether only a process of its own survives reading it.</summary>
    public bool NeedsProcess { get; init; }
}

internal static class HostileFiles
{
    /// <summary>What no stored image may have in it.</summary>
    public const string Script = "<script>alert(1)</script>";

    public static readonly byte[] Evil = Encoding.UTF8.GetBytes(Script);

    public static IEnumerable<HostileFile> All => [.. HostileImages.All, .. HostileTexts.All, .. HostileDocuments.All];
}
