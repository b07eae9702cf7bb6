using System.Buffers;
using System.Text;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Playback;

/// <summary>Writes a script as an event stream.</summary>
internal sealed class EventStreamOutput(ResponseWriter writer, EmulatedRequest request, AnswerInfo answer, WriteStyle style)
    : IScriptOutput
{
    private readonly ArrayBufferWriter<byte> _pending = new();
    private int _pendingEvents;

    public ValueTask HeadersAsync(CancellationToken cancellationToken) => writer.FlushAsync(cancellationToken);

    public ValueTask ChunkAsync(Chunk chunk, CancellationToken cancellationToken) =>
        chunk is UsageChunk && !answer.IncludesUsage
            ? ValueTask.CompletedTask
            : EventAsync(chunk.Json(answer), cancellationToken);

    public ValueTask EventAsync(string data, CancellationToken cancellationToken) =>
        EventAsync(name: null, data, isLast: data == Script.DoneEvent, cancellationToken);

    /// <param name="name">The event's name; null: it has none.</param>
    /// <param name="data">One line.</param>
    /// <param name="isLast">Whether it waits, so that it leaves in one write with the end of the response.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    public ValueTask EventAsync(string? name, string data, bool isLast, CancellationToken cancellationToken)
    {
        var written = style.EscapesNonAscii ? JsonText.EscapeNonAscii(data) : data;
        if (name is not null) Encoding.UTF8.GetBytes($"event: {name}{style.LineEnd}", _pending);
        Encoding.UTF8.GetBytes($"data: {written}{style.LineEnd}{style.LineEnd}", _pending);
        _pendingEvents++;
        return isLast || _pendingEvents < style.EventsPerWrite ? ValueTask.CompletedTask : FlushAsync(cancellationToken);
    }

    public ValueTask CommentAsync(string text, CancellationToken cancellationToken) =>
        BytesAsync(Encoding.UTF8.GetBytes($": {text}{style.LineEnd}{style.LineEnd}"), cancellationToken);

    public ValueTask BytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _pending.Write(bytes.Span);
        return _pendingEvents > 0 && style.EventsPerWrite > 1 ? ValueTask.CompletedTask : FlushAsync(cancellationToken);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var part in Parts(_pending.WrittenMemory)) await writer.WriteAsync(part, cancellationToken);
        Flushed();
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> last = default;
        foreach (var part in Parts(_pending.WrittenMemory))
        {
            if (last.Length > 0) await writer.WriteAsync(last, cancellationToken);
            last = part;
        }

        await writer.EndAsync(last);
        Flushed();
    }

    private void Flushed()
    {
        _pending.ResetWrittenCount();
        request.CountEvents(_pendingEvents);
        _pendingEvents = 0;
    }

    private IEnumerable<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> bytes)
    {
        var start = 0;
        for (var i = 1; i < bytes.Length; i++)
        {
            if (!SplitsBefore(bytes.Span[i])) continue;
            yield return bytes[start..i];
            start = i;
        }

        if (start < bytes.Length) yield return bytes[start..];
    }

    private bool SplitsBefore(byte next) => style.Split switch
    {
        Split.EveryByte => true,
        Split.InsideUtf8 => (next & 0b1100_0000) == 0b1000_0000,
        _ => false,
    };
}
