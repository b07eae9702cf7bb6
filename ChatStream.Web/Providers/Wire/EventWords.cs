using System.Text;

namespace ChatStream.Web.Providers.Wire;

/// <summary>Events whose data is a word, and not JSON.</summary>
internal static class EventWords
{
    private static readonly string[] Heartbeats = ["ping", "pong", "heartbeat", "keepalive", "keep-alive", "keep_alive"];

    /// <summary>Whether it ends a stream. Some gateways add it to Responses, or put it in quotation marks.</summary>
    public static bool IsEnd(ReadOnlySpan<byte> data) => Ascii.EqualsIgnoreCase(data.Trim(" \t\""u8), "[DONE]"u8);

    /// <summary>Whether it only keeps the connection open.</summary>
    public static bool IsHeartbeat(ReadOnlySpan<byte> data)
    {
        var word = data.Trim(" \t\"[]:"u8);
        foreach (var heartbeat in Heartbeats)
        {
            if (Ascii.EqualsIgnoreCase(word, heartbeat))
                return true;
        }
        return false;
    }
}
