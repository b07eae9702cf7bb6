using System.Buffers;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// The bytes of a <c>text/event-stream</c> that have arrived, and the events in them: what <c>data</c> holds, in place where it
/// is one line. Other fields mean nothing here.
/// </summary>
/// <remarks>
/// Lines end in LF, CR or both; an event without its blank line is none. WHATWG HTML, 9.2.5 and 9.2.6.
/// The runtime's parser costs two nested asynchronous calls a token.
/// </remarks>
internal sealed class EventBuffer : IDisposable
{
    /// <summary>Bytes between two blank lines, without the line ends.</summary>
    public const int LargestEvent = 1024 * 1024;

    // Enough for tokens that come one by one; who is behind, and so fills it, gets more.
    private const int SmallSize = 1024;
    private const int UsualSize = 4096;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(SmallSize);
    private ArrayBufferWriter<byte>? _lines; // an event's data, where it has more than one line
    private int _line;      // where the line begins that is looked at
    private int _searched;  // up to where it has no end
    private int _end;       // of what has arrived
    private int _data = -1; // where the event's only line of data begins; -1: there is none yet
    private int _dataLength;
    private int _eventLength;
    private bool _endedInCr;
    private bool _isFirstLine = true;

    /// <summary>Where the next bytes go.</summary>
    /// <exception cref="ModelException">The event that has begun is larger than <see cref="LargestEvent"/>.</exception>
    public Memory<byte> Free
    {
        get
        {
            RequireBelowLimit(_eventLength + (_end - _line));
            MakeRoom();
            return _bytes.AsMemory(_end);
        }
    }

    /// <summary>So many bytes were put into <see cref="Free"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Takes the next event that is whole.</summary>
    /// <param name="data">Valid until the next call of anything.</param>
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

    // What is not needed any more lies before the event's data, or else before the line.
    private void MakeRoom()
    {
        var needed = _data >= 0 ? _data : _line;
        if (needed == _end && _end <= SmallSize / 2 && _bytes.Length > SmallSize)
        {
            // Caught up: thousands of streams are, most of the time.
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
