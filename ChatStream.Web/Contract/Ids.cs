using System.Buffers.Text;
using System.Security.Cryptography;

namespace ChatStream.Web.Contract;

/// <summary>Ids of conversations, messages and generations: 96 random bits as 16 URL-safe characters.</summary>
internal static class Ids
{
    public const int Length = 16;

    public static string New()
    {
        Span<byte> random = stackalloc byte[12];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    public static bool IsId(ReadOnlySpan<char> text) =>
        text.Length == Length && !text.ContainsAnyExcept(UrlSafe);

    private static readonly System.Buffers.SearchValues<char> UrlSafe =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
