using System.Text;

namespace ChatStream.Web.Storage;

/// <summary>A term that a text must have; as a prefix, the beginning of one.</summary>
internal readonly record struct SearchTerm(string Term, bool IsPrefix)
{
    /// <summary>Characters, and bytes in UTF-8, that <see cref="KeyOf"/> adds to each term.</summary>
    public const int KeyLength = 2 * KeyBytes;

    private const int KeyBytes = 3;

    /// <summary>
    /// What stands before each term of an owner in the index, so that a search reads that owner's part of it only. Owners may
    /// share a key: a query names the owner, too. The migration <c>Slices</c> makes the same keys.
    /// </summary>
    public static string KeyOf(string? ownerId)
    {
        var bytes = Encoding.UTF8.GetBytes(ownerId ?? "");
        return Convert.ToHexStringLower(bytes.AsSpan(Math.Max(0, bytes.Length - KeyBytes)));
    }
}
