using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>Reads the events of one answer, or the body of an answer that is not streamed. One per answer.</summary>
internal interface IChunkParser
{
    /// <param name="data">The data of an event, or a whole body.</param>
    /// <returns>Valid until the next call.</returns>
    /// <exception cref="JsonException">The data is not JSON.</exception>
    CompletionChunk Parse(ReadOnlySpan<byte> data);

    /// <summary>For the end of the stream: U+FFFD if half a surrogate pair still waits for the other half, else null.</summary>
    string? Rest();
}
