using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>Reads the events of one answer, or the body of an answer that is not streamed. One per answer.</summary>
internal interface IChunkParser
{
    /// <summary>Bytes of the largest event that a service may send.</summary>
    int LargestEvent => EventBuffer.LargestEvent;

    /// <param name="data">The data of an event, or a whole body.</param>
    /// <param name="name">The event's name; empty: it has none.</param>
    /// <returns>Valid until the next call.</returns>
    /// <exception cref="JsonException">The data is not JSON.</exception>
    AnswerChunk Parse(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name = default);

    /// <summary>Bytes of the event that was read last: another value may stand behind the first one.</summary>
    int BytesRead { get; }

    /// <summary>Reads an event that its service names an error, in whatever form it is.</summary>
    /// <param name="data">The data of the event.</param>
    /// <returns>Valid until the next call.</returns>
    AnswerChunk ParseError(ReadOnlySpan<byte> data);

    /// <summary>Whether an event that is not JSON, because it is damaged or was cut off, has text of the answer.</summary>
    /// <param name="broken">The data of the event.</param>
    bool HasText(ReadOnlySpan<byte> broken);

    /// <summary>
    /// For the end of the stream: what of its text still waits for more, with U+FFFD for half a surrogate pair. Null: nothing.
    /// </summary>
    /// <returns>Valid until the next call.</returns>
    AnswerChunk? Rest();

    /// <summary>For the end of the stream: the calls of tools that the model asks for.</summary>
    IReadOnlyList<RequestedCall> Calls { get; }
}
