using System.Buffers;
using System.Text;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers.Wire;

/// <summary>What kind of event a service sent.</summary>
internal enum EventKind
{
    /// <summary>It has no name, as OpenAI's chunks, or the standard's own name.</summary>
    Message,

    /// <summary>It is named <c>error</c>, or has a field of that name.</summary>
    Error,

    /// <summary>It has another name.</summary>
    Named,
}

/// <summary>
/// Cuts the bytes of a <c>text/event-stream</c> into events. It returns the data of each, and copies it only if it has several
/// lines.
/// </summary>
/// <remarks>
/// <para>
/// Lines end in LF, CR or CRLF, and a blank line ends an event: WHATWG HTML, 9.2.5 and 9.2.6. The runtime's own parser would cost
/// two nested asynchronous calls for each token.
/// </para>
/// <para>
/// Services deviate from the format. A JSON object that stands bare among the lines, or is the whole body, is an event of its
/// own. A field <c>error</c>, which llama.cpp writes, is data of an error. The blank line between two objects, and the last one,
/// may be missing.
/// </para>
/// </remarks>
/// <param name="largestEvent">Bytes of an event, without line ends.</param>
internal sealed class EventBuffer(int largestEvent = EventBuffer.LargestEvent) : IDisposable
{
    /// <summary>Bytes of an event, without line ends: a thousand times a usual one.</summary>
    public const int LargestEvent = 1024 * 1024;

    /// <summary>
    /// Bytes of a JSON object without an event around it, which may be a whole answer: more than any model writes.
    /// </summary>
    public const int LargestDocument = 16 * LargestEvent;

    private const int LongestName = 64; // of an event

    // The small size is enough for tokens that come one by one. A stream that fills it gets the usual size.
    private const int SmallSize = 1024;
    private const int UsualSize = 4096;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(SmallSize);
    private ArrayBufferWriter<byte>? _lines; // the event's data, if it has more than one line
    private int _line;      // start of the current line
    private int _searched;  // up to here the current line has no end
    private int _end;       // end of the bytes that have arrived
    private int _data = -1; // start of the event's first line of data; -1 if there is none yet
    private int _dataLength;
    private int _eventLength;
    private bool _endedInCr;
    private bool _isFirstLine = true;
    private EventKind _kind;    // of the event that is not yet complete
    private byte[]? _name;      // of the event that was named last
    private int _nameLength;    // of the event that was taken last
    private int _newNameLength; // of the event that is not yet complete
    private bool _isDocument;   // the event is JSON without a field
    private JsonDepth _depth;   // of that JSON, after its last line
    private bool _isWhole;      // its last line has come

    /// <summary>The kind of the event that was taken last.</summary>
    public EventKind Kind { get; private set; }

    /// <summary>
    /// The name of the event that was taken last, if it is <see cref="EventKind.Named"/>. Valid until the next call of any
    /// member. Empty: it has none, or one that is too long to be known.
    /// </summary>
    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _nameLength);

    /// <summary>The space for the next bytes. After writing, call <see cref="Add"/>.</summary>
    /// <exception cref="ModelException">The unfinished event is larger than <see cref="LargestEvent"/>.</exception>
    public Memory<byte> Free
    {
        get
        {
            RequireBelowLimit(_eventLength + (_end - _line), _line);
            MakeRoom();
            return _bytes.AsMemory(_end);
        }
    }

    /// <summary>Adds bytes that were written to <see cref="Free"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Takes the next complete event.</summary>
    /// <param name="data">Valid until the next call of any member.</param>
    /// <exception cref="ModelException">The event is larger than <see cref="LargestEvent"/>.</exception>
    public bool TryTake(out ReadOnlySpan<byte> data)
    {
        if (_lines is { WrittenCount: > 0 } && _data < 0)
            _lines.ResetWrittenCount();
        while (TryReadLine(out var start, out var length))
        {
            var isNext = length > 0 && BeginsNext(_bytes.AsSpan(start, length));
            if (isNext)
                (_line, _searched, _endedInCr, _eventLength) = (start, start, false, _eventLength - length);
            else if (length > 0)
                ReadLine(start, length);
            if (length > 0 && !_isWhole && !isNext)
                continue;
            (Kind, _kind, _isDocument, _isWhole, _eventLength) = (_kind, EventKind.Message, false, false, 0);
            (_nameLength, _newNameLength) = (_newNameLength, 0);
            if (_data < 0)
                continue;
            data = _lines is { WrittenCount: > 0 } ? _lines.WrittenSpan : _bytes.AsSpan(_data, _dataLength);
            _data = -1;
            return true;
        }
        data = default;
        return false;
    }

    /// <summary>
    /// Takes the next event when the body has ended. The last one may lack its blank line. Call <see cref="TryTake"/> afterwards.
    /// </summary>
    /// <param name="data">Valid until the next call of any member.</param>
    /// <exception cref="ModelException">The event is larger than <see cref="LargestEvent"/>.</exception>
    public bool TryTakeLast(out ReadOnlySpan<byte> data)
    {
        "\n\n"u8.CopyTo(Free.Span);
        Add(2);
        return TryTake(out data);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private bool TryReadLine(out int start, out int length)
    {
        (start, length) = (0, 0);
        if (_endedInCr && _line < _end)
        {
            _endedInCr = false;
            if (_bytes[_line] == '\n')
                _searched = ++_line;
        }
        var found = _bytes.AsSpan(_searched, _end - _searched).IndexOfAny((byte)'\n', (byte)'\r');
        if (found < 0)
        {
            _searched = _end;
            return false;
        }
        (start, length) = (_line, _searched + found - _line);
        _endedInCr = _bytes[start + length] == '\r';
        _line = _searched = start + length + 1;
        _eventLength += length;
        if (_isFirstLine)
        {
            _isFirstLine = false;
            if (_bytes.AsSpan(start, length).StartsWith("\uFEFF"u8))
                (start, length) = (start + 3, length - 3);
        }
        RequireBelowLimit(_eventLength, start);
        return true;
    }

    private void ReadLine(int start, int length)
    {
        var line = _bytes.AsSpan(start, length);
        if (_isDocument || (_data < 0 && BeginsDocument(line)))
        {
            _depth = (_isDocument ? _depth : default).After(line);
            (_isDocument, _isWhole) = (true, _depth.IsOutside);
            AddData(start, length);
        }
        else if (DataIn(line) is >= 0 and var data)
        {
            AddData(start + data, length - data);
        }
        else if (ValueOf(line, "event"u8) is >= 0 and var name)
        {
            ReadName(line[name..].Trim((byte)' '));
        }
        else if (ValueOf(line, "error"u8) is >= 0 and var error)
        {
            _kind = EventKind.Error;
            AddData(start + error, length - error);
        }
    }

    private void ReadName(ReadOnlySpan<byte> name)
    {
        _newNameLength = 0;
        _kind = Ascii.EqualsIgnoreCase(name, "error"u8) ? EventKind.Error
            : name.IsEmpty || name.SequenceEqual("message"u8) ? EventKind.Message : EventKind.Named;
        if (_kind != EventKind.Named || name.Length > LongestName)
            return;
        name.CopyTo(_name ??= new byte[LongestName]);
        _newNameLength = name.Length;
    }

    // Some servers send blanks before a whole answer, so that the connection stays open meanwhile. A list has objects in it.
    private static bool BeginsDocument(ReadOnlySpan<byte> line) => line.TrimStart(" \t"u8) is [(byte)'{', ..]
        || (line.TrimStart(" \t"u8) is [(byte)'[', .. var list] && list.TrimStart(" \t"u8) is [] or [(byte)'{', ..]);

    // Some services leave out the blank line. Two objects in a row are never JSON, so that the second is another event.
    private bool BeginsNext(ReadOnlySpan<byte> line)
    {
        if (_data < 0 || _isDocument)
            return false;
        var begins = DataIn(line) is >= 0 and var at
            ? line[at..].TrimStart((byte)' ') is [(byte)'{', ..] or [(byte)'[', (byte)'D', ..]
            : BeginsDocument(line);
        if (!begins)
            return false;
        var before = _lines is { WrittenCount: > 0 } ? _lines.WrittenSpan : _bytes.AsSpan(_data, _dataLength);
        return before.Trim((byte)' ') is [(byte)'{', .., (byte)'}'];
    }

    // Some gateways put the field's name before what has it already.
    private static int DataIn(ReadOnlySpan<byte> line)
    {
        var at = ValueOf(line, "data"u8);
        while (at >= 0 && line[at..].StartsWith("data:"u8))
            at += ValueOf(line[at..], "data"u8);
        return at;
    }

    // Where a field's value begins in its line; -1: the line has another field.
    private static int ValueOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field) =>
        !line.StartsWith(field) ? -1
        : line.Length == field.Length ? field.Length
        : line[field.Length] != ':' ? -1
        : line.Length > field.Length + 1 && line[field.Length + 1] == ' ' ? field.Length + 2 : field.Length + 1;

    private void AddData(int start, int length)
    {
        if (_data < 0)
        {
            (_data, _dataLength) = (start, length);
            return;
        }
        _lines ??= new ArrayBufferWriter<byte>();
        if (_lines.WrittenCount == 0)
            _lines.Write(_bytes.AsSpan(_data, _dataLength));
        _lines.Write("\n"u8);
        _lines.Write(_bytes.AsSpan(start, length));
    }

    private void RequireBelowLimit(int eventLength, int line)
    {
        if (eventLength <= largestEvent)
            return;
        var isDocument = _isDocument || (_data < 0 && BeginsDocument(_bytes.AsSpan(line, _end - line)));
        if (!isDocument)
            throw new ModelException(
                FailureCode.MalformedResponse, $"The model service sent an event larger than {largestEvent >> 20} MB.");
        if (eventLength > LargestDocument)
            throw new ModelException(FailureCode.MalformedResponse, "The model service sent more than an answer can be.");
    }

    // Bytes before the event's data, or else before the current line, are no longer needed.
    private void MakeRoom()
    {
        var needed = _data >= 0 ? _data : _line;
        if (needed == _end && _end <= SmallSize / 2 && _bytes.Length > SmallSize)
        {
            // All events have been taken, as in most streams most of the time. Thousands of streams need small buffers.
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(SmallSize);
        }
        var isShort = _bytes.Length - _end < _bytes.Length / 4;
        if (needed < _end && !isShort)
            return;
        var kept = _bytes.AsSpan(needed, _end - needed);
        if (isShort && (_bytes.Length < UsualSize || kept.Length > _bytes.Length / 2))
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _bytes.Length, UsualSize));
            kept.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        else
        {
            kept.CopyTo(_bytes);
        }
        (_line, _searched, _end) = (_line - needed, _searched - needed, _end - needed);
        if (_data >= 0)
            _data = 0;
    }
}
