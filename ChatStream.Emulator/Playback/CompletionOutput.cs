using System.Text;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Playback;

/// <summary>Joins the chunks of a script to one body, for a request that asked for no stream.</summary>
/// <param name="writer">Writes the response.</param>
/// <param name="join">Writes the body, as JSON.</param>
/// <param name="style">How it is written.</param>
internal sealed class CompletionOutput(ResponseWriter writer, Func<IReadOnlyList<Chunk>, string> join, WriteStyle style)
    : IScriptOutput
{
    private readonly List<Chunk> _chunks = [];
    private ReadOnlyMemory<byte>? _body;

    public ValueTask HeadersAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ChunkAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        _chunks.Add(chunk);
        return ValueTask.CompletedTask;
    }

    // An error event or a malformed event is the whole body. An error that a stream would carry has a status of its own here.
    public ValueTask EventAsync(string data, CancellationToken cancellationToken)
    {
        if (data != Script.DoneEvent) _body = Encoding.UTF8.GetBytes(data);
        if (Script.IsError(data)) writer.Fail(StatusCodes.Status500InternalServerError);
        return ValueTask.CompletedTask;
    }

    public ValueTask CommentAsync(string text, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask BytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _body = bytes;
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask EndAsync(CancellationToken cancellationToken) => await writer.EndWholeAsync(_body ?? Completion());

    private ReadOnlyMemory<byte> Completion()
    {
        var json = join(_chunks);
        return Encoding.UTF8.GetBytes(style.EscapesNonAscii ? JsonText.EscapeNonAscii(json) : json);
    }
}
