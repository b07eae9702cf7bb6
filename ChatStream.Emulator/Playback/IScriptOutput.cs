using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Playback;

/// <summary>Where a script's words go: an event stream, or the one body of an answer that was not to stream.</summary>
internal interface IScriptOutput
{
    ValueTask HeadersAsync(CancellationToken cancellationToken);

    ValueTask ChunkAsync(Chunk chunk, CancellationToken cancellationToken);

    ValueTask EventAsync(string data, CancellationToken cancellationToken);

    ValueTask CommentAsync(string text, CancellationToken cancellationToken);

    ValueTask BytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Before a wait or a break: what was said until then has left.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);

    ValueTask EndAsync(CancellationToken cancellationToken);
}
