using System.Buffers;
using System.Text;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>Writes frames into a log and reads it as text.</summary>
internal static class LogText
{
    public static void AppendText(this FrameLog log, string text)
    {
        log.AppendText(default, text);
        log.Flush();
    }

    /// <summary>What the reader has before it, at most so many bytes.</summary>
    public static string Take(this FrameReader reader, int limit = int.MaxValue)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var copied = reader.CopyTo(bytes, limit);
        return copied == bytes.WrittenCount
            ? Encoding.UTF8.GetString(bytes.WrittenSpan)
            : throw new InvalidOperationException($"{copied} said, {bytes.WrittenCount} written");
    }

    /// <summary>Reads as a connection does, piece by piece, to the end of the log.</summary>
    public static async Task<string> TakeAllAsync(this FrameReader reader, int limit = int.MaxValue)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (true)
        {
            if (reader.CopyTo(bytes, limit) > 0)
                continue;
            if (reader.IsAtEnd())
                return Encoding.UTF8.GetString(bytes.WrittenSpan);
            await reader.WaitAsync();
        }
    }

    /// <summary>The whole log up to now.</summary>
    public static string All(this FrameLog log)
    {
        using var reader = log.OpenReader(0, CancellationToken.None);
        return reader.Take();
    }
}
