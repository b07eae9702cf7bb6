using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Playback;

/// <summary>Writes a script: as an event stream, or as one body for a request that asked for no stream.</summary>
internal interface IScriptOutput
{
    ValueTask HeadersAsync(CancellationToken cancellationToken);

    ValueTask ChunkAsync(Chunk chunk, CancellationToken cancellationToken);

    ValueTask EventAsync(string data, CancellationToken cancellationToken);

    ValueTask CommentAsync(string text, CancellationToken cancellationToken);

    ValueTask BytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Sends everything that is pending. It is called before a wait or a break.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);

    ValueTask EndAsync(CancellationToken cancellationToken);
}
