using System.Buffers;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Cuts the bytes of a <c>text/event-stream</c> into events. It returns only the field <c>data</c>, and copies it only if it has
/// several lines.
/// </summary>
/// <remarks>
/// Lines end in LF, CR or CRLF, and a blank line ends an event: WHATWG HTML, 9.2.5 and 9.2.6. The runtime's own parser would cost
/// two nested asynchronous calls for each token.
/// </remarks>
internal sealed class EventBuffer : IDisposable
{
    /// <summary>Bytes of an event, without line ends: a thousand times a usual one.</summary>
    public const int LargestEvent = 1024 * 1024;

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

    /// <summary>The space for the next bytes. After writing, call <see cref="Add"/>.</summary>
    /// <exception cref="ModelException">The unfinished event is larger than <see cref="LargestEvent"/>.</exception>
    public Memory<byte> Free
    {
        get
        {
            RequireBelowLimit(_eventLength + (_end - _line));
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
            if (length > 0)
            {
                ReadField(start, length);
                continue;
            }
            _eventLength = 0;
            if (_data < 0)
                continue;
            data = _lines is { WrittenCount: > 0 } ? _lines.WrittenSpan : _bytes.AsSpan(_data, _dataLength);
            _data = -1;
            return true;
        }
        data = default;
        return false;
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
        RequireBelowLimit(_eventLength);
        if (_isFirstLine)
        {
            _isFirstLine = false;
            if (_bytes.AsSpan(start, length).StartsWith("\uFEFF"u8))
                (start, length) = (start + 3, length - 3);
        }
        return true;
    }

    private void ReadField(int start, int length)
    {
        var line = _bytes.AsSpan(start, length);
        if (!line.StartsWith("data"u8) || (length > 4 && line[4] != ':'))
            return;
        var skipped = length == 4 ? 4 : length > 5 && line[5] == ' ' ? 6 : 5;
        if (_data >= 0)
        {
            _lines ??= new ArrayBufferWriter<byte>();
            if (_lines.WrittenCount == 0)
                _lines.Write(_bytes.AsSpan(_data, _dataLength));
            _lines.Write("\n"u8);
            _lines.Write(line[skipped..]);
            return;
        }
        (_data, _dataLength) = (start + skipped, length - skipped);
    }

    private static void RequireBelowLimit(int eventLength)
    {
        if (eventLength > LargestEvent)
            throw new ModelException(FailureCode.MalformedResponse, "The model service sent an event larger than 1 MB.");
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
