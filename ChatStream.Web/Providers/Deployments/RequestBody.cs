using System.Buffers;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>The buffer that a request's body is written to.</summary>
internal static class RequestBody
{
    /// <summary>Bytes for all members that are not a message's text.</summary>
    private const int Members = 256;

    /// <summary>Bytes for a message's role and punctuation.</summary>
    private const int MessageMembers = 64;

    private const int MostSpare = 4096;

    /// <summary>
    /// A buffer in which a usual conversation has room. The JSON writer wants three free bytes for each character of a text
    /// before it writes it, and grows a buffer by 4 KiB at least.
    /// </summary>
    public static ArrayBufferWriter<byte> BufferFor(IEnumerable<ChatMessage> messages, string? instructions)
    {
        var (characters, members) = (instructions?.Length ?? 0, Members + MessageMembers);
        foreach (var message in messages)
        {
            characters += MessageText.Of(message).Length;
            members += MessageMembers + MessageImages.BytesOf(message);
            if (message.Contents.Count == 1 && message.Contents[0] is TextContent)
                continue;
            foreach (var call in MessageText.CallsOf(message))
                characters += FunctionCalls.ArgumentsOf(call).Length + MessageMembers;
            foreach (var result in MessageText.ResultsOf(message))
                characters += FunctionCalls.TextOf(result).Length + MessageMembers;
        }
        return new ArrayBufferWriter<byte>(members + characters + Math.Min(2 * characters, MostSpare));
    }
}
