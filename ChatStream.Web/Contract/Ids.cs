using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace ChatStream.Web.Contract;

/// <summary>Makes and checks ids of conversations, messages and generations: 96 random bits as 16 URL-safe characters.</summary>
internal static class Ids
{
    public const int Length = 16; // 12 bytes as Base64

    public static string New()
    {
        Span<byte> random = stackalloc byte[12];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    /// <summary>True if the text has the form of an id. Such an id need not exist.</summary>
    public static bool IsId(ReadOnlySpan<char> text) =>
        text.Length == Length && !text.ContainsAnyExcept(UrlSafe);

    private static readonly SearchValues<char> UrlSafe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
