using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace ChatStream.Benchmarks.Load;

/// <summary>Reads HTTP/1.1 responses: the head, then the body out of its chunks. A chunk may end inside a token.</summary>
internal sealed class ResponseScanner
{
    private enum At { Head, Size, Data, DataEnd, End, Complete }

    private readonly List<byte> _line = [];
    private At _at;
    private int _chunkLeft;
    private bool _isChunked;

    /// <summary>The first line of the response; empty if it has not come yet.</summary>
    public string StatusLine { get; private set; } = "";

    /// <summary>True once the whole response has come.</summary>
    public bool IsComplete => _at == At.Complete;

    public void Restart()
    {
        _line.Clear();
        (_at, _isChunked, StatusLine) = (At.Head, false, "");
    }

    /// <summary>Takes the next part of the body. It is empty if more bytes are needed or the response is complete.</summary>
    public ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _at != At.Complete)
        {
            if (_at == At.Data)
            {
                var part = bytes[..Math.Min(_chunkLeft, bytes.Length)];
                bytes = bytes[part.Length..];
                _chunkLeft -= part.Length;
                if (_chunkLeft == 0)
                    _at = At.DataEnd;
                return part;
            }
            var end = bytes.IndexOf((byte)'\n');
            _line.AddRange(bytes[..(end < 0 ? bytes.Length : end)]);
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (end >= 0)
            {
                _at = After(CollectionsMarshal.AsSpan(_line).TrimEnd((byte)'\r'));
                _line.Clear();
            }
        }
        return default;
    }

    private At After(ReadOnlySpan<byte> line)
    {
        switch (_at)
        {
            case At.Head when StatusLine.Length == 0:
                StatusLine = Encoding.ASCII.GetString(line);
                return At.Head;
            case At.Head when line.IsEmpty:
                return _isChunked ? At.Size : At.Complete;
            case At.Head:
                _isChunked |= line.SequenceEqual("Transfer-Encoding: chunked"u8);
                return At.Head;
            case At.Size:
                if (!Utf8Parser.TryParse(line, out _chunkLeft, out _, 'X'))
                    throw new InvalidDataException("A chunk has no size.");
                return _chunkLeft == 0 ? At.End : At.Data;
            case At.DataEnd:
                return At.Size;
            default:
                return At.Complete;
        }
    }
}
