using System.Buffers;
using System.Net.ServerSentEvents;
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

    /// <summary>The reader's pending bytes as text, at most <paramref name="limit"/> bytes.</summary>
    public static string TakeText(this FrameReader reader, int limit = int.MaxValue)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var copied = reader.CopyTo(bytes, limit);
        return copied == bytes.WrittenCount
            ? Encoding.UTF8.GetString(bytes.WrittenSpan)
            : throw new InvalidOperationException($"CopyTo returned {copied} but wrote {bytes.WrittenCount} bytes");
    }

    /// <summary>The reader's pending frames, each as its number and its data.</summary>
    public static List<string> TakeItems(this FrameReader reader) =>
        [.. SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(reader.TakeText()))).Enumerate()
            .Select(item => $"{item.EventId![(item.EventId!.LastIndexOf('.') + 1)..]} {item.Data}")];

    /// <summary>The frames that readers of the log see from one on, each as its number and its data.</summary>
    public static List<string> ItemsFrom(this FrameLog log, int from)
    {
        using var reader = log.OpenReader(from, CancellationToken.None);
        return reader.TakeItems();
    }

    /// <summary>Reads to the end of the log as a connection does, at most <paramref name="limit"/> bytes at a time.</summary>
    public static async Task<string> TakeAllAsync(this FrameReader reader, int limit = int.MaxValue)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (true)
        {
            if (reader.CopyTo(bytes, limit) > 0)
                continue;
            if (reader.IsAtEnd)
            {
                reader.MarkDelivered();
                return Encoding.UTF8.GetString(bytes.WrittenSpan);
            }
            await reader.WaitAsync();
        }
    }

    /// <summary>The log's text so far.</summary>
    public static string All(this FrameLog log)
    {
        using var reader = log.OpenReader(0, CancellationToken.None);
        return reader.TakeText();
    }
}
