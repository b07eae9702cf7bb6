using System.Globalization;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// JSON in which each half of a surrogate pair that stands alone, written as an escape, has become U+FFFD. The library takes no
/// message with such a half: the whole of a result would be lost for one character. The length stays as it is.
/// </summary>
/// <param name="inner">What the server sends, in UTF-8.</param>
internal sealed class WholePairs(Stream inner) : Stream
{
    private const int Escape = 6; // such as \ud83d

    private readonly byte[] _bytes = new byte[16 * 1024];
    private int _from; // of what can be read now
    private int _to;
    private int _end; // behind that, an escape that has not come whole

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_from == _to && buffer.Length > 0)
        {
            KeepRest();
            var read = await inner.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
            if (!Take(read))
                break;
        }
        return CopyTo(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_from == _to && count > 0)
        {
            KeepRest();
            if (!Take(inner.Read(_bytes, _end, _bytes.Length - _end)))
                break;
        }
        return CopyTo(buffer.AsSpan(offset, count));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void KeepRest()
    {
        _bytes.AsSpan(_to, _end - _to).CopyTo(_bytes);
        (_from, _to, _end) = (0, 0, _end - _to);
    }

    /// <returns>False: the stream has ended.</returns>
    private bool Take(int read)
    {
        _end += read;
        _to = Mend(_bytes.AsSpan(0, _end), isEnd: read == 0);
        return read > 0;
    }

    private int CopyTo(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _to - _from);
        _bytes.AsSpan(_from, count).CopyTo(buffer);
        _from += count;
        return count;
    }

    /// <returns>How many bytes are as they stay.</returns>
    private static int Mend(Span<byte> json, bool isEnd)
    {
        var at = 0;
        while (json[at..].IndexOf((byte)'\\') is >= 0 and var next)
        {
            at += next;
            var escape = json[at..];
            if (!isEnd && IsBeginOfEscape(escape))
                return at;
            if (UnitOf(escape) is not { } unit)
            {
                at += Math.Min(2, escape.Length);
                continue;
            }
            var rest = escape[Escape..];
            if (!isEnd && char.IsHighSurrogate(unit) && (rest.IsEmpty || IsBeginOfEscape(rest)))
                return at;
            var isPair = char.IsHighSurrogate(unit) && UnitOf(rest) is { } second && char.IsLowSurrogate(second);
            if (char.IsSurrogate(unit) && !isPair)
                "fffd"u8.CopyTo(escape[2..]);
            at += isPair ? 2 * Escape : Escape;
        }
        return json.Length;
    }

    // Whether more has to come before it is known what it is.
    private static bool IsBeginOfEscape(ReadOnlySpan<byte> bytes) =>
        bytes.Length < Escape && bytes[0] == '\\' && (bytes.Length == 1 || bytes[1] == 'u');

    private static char? UnitOf(ReadOnlySpan<byte> escape)
    {
        if (escape.Length < Escape || escape[0] != '\\' || escape[1] != 'u')
            return null;
        return ushort.TryParse(escape[2..Escape], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit : null;
    }
}
