using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Sharing;

/// <summary>The last part of a share's address: 256 random bits as 43 URL-safe characters. Only its hash is stored.</summary>
internal static class ShareToken
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Null: no token has this form.</summary>
    public static string? HashOf(string token) => token.Length == Share.HashLength && token.All(char.IsAscii)
        ? Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token))) : null;
}
