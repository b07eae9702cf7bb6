namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A body that is cut into given pieces. Each read returns one.</summary>
internal sealed class CutBody(ReadOnlyMemory<byte> bytes, Func<int, int> nextCut) : ReadOnlyBody
{
    private int _position;

    public static CutBody At(ReadOnlyMemory<byte> bytes, int position) =>
        new(bytes, at => at < position ? position : bytes.Length);

    public static CutBody EveryBytes(ReadOnlyMemory<byte> bytes, int count) => new(bytes, at => at + count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var end = Math.Min(nextCut(_position), bytes.Length);
        var piece = bytes[_position..Math.Min(end, _position + buffer.Length)];
        piece.CopyTo(buffer);
        _position += piece.Length;
        return new(piece.Length);
    }
}
