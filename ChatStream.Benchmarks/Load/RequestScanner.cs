using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace ChatStream.Benchmarks.Load;

/// <summary>Finds the end of requests: the blank line after the head, then as many bytes as Content-Length says.</summary>
internal sealed class RequestScanner
{
    private readonly List<byte> _head = [];
    private int _bodyLeft = -1; // -1: in the head

    /// <summary>Takes bytes up to the end of a request.</summary>
    /// <returns>Whether the request is complete.</returns>
    public bool Take(ref ReadOnlySpan<byte> bytes)
    {
        if (_bodyLeft < 0 && !TakeHead(ref bytes))
            return false;
        var taken = Math.Min(_bodyLeft, bytes.Length);
        bytes = bytes[taken..];
        _bodyLeft -= taken;
        if (_bodyLeft > 0)
            return false;
        _bodyLeft = -1;
        return true;
    }

    private bool TakeHead(ref ReadOnlySpan<byte> bytes)
    {
        var before = _head.Count;
        _head.AddRange(bytes);
        var head = CollectionsMarshal.AsSpan(_head);
        var end = head.IndexOf("\r\n\r\n"u8) + 4;
        if (end < 4)
        {
            bytes = default;
            return false;
        }
        _bodyLeft = ContentLength(head[..end]);
        bytes = bytes[(end - before)..];
        _head.Clear();
        return true;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) ? length : 0;
    }
}
