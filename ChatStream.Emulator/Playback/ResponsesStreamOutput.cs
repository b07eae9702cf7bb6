using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Playback;

/// <summary>Writes a script as an event stream of the Responses API. It has no <c>[DONE]</c>.</summary>
internal sealed class ResponsesStreamOutput(EventStreamOutput stream, ResponsesEvents events) : IScriptOutput
{
    public ValueTask HeadersAsync(CancellationToken cancellationToken) => stream.HeadersAsync(cancellationToken);

    public async ValueTask ChunkAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        foreach (var (type, data) in events.Of(chunk)) await stream.EventAsync(type, data, isLast: false, cancellationToken);
    }

    // An error has a form of its own here. All else is sent as given.
    public ValueTask EventAsync(string data, CancellationToken cancellationToken)
    {
        if (data == Script.DoneEvent) return EndAnswerAsync(cancellationToken);
        if (!Script.IsError(data)) return stream.EventAsync(data, cancellationToken);
        var (type, error) = events.ErrorOf(data);
        return stream.EventAsync(type, error, isLast: false, cancellationToken);
    }

    public ValueTask CommentAsync(string text, CancellationToken cancellationToken) =>
        stream.CommentAsync(text, cancellationToken);

    public ValueTask BytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        stream.BytesAsync(bytes, cancellationToken);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await EndAnswerAsync(cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await EndAnswerAsync(cancellationToken);
        await stream.EndAsync(cancellationToken);
    }

    private ValueTask EndAnswerAsync(CancellationToken cancellationToken)
    {
        if (!events.IsEndDue) return ValueTask.CompletedTask;
        var (type, data) = events.End();
        return stream.EventAsync(type, data, isLast: true, cancellationToken);
    }
}
