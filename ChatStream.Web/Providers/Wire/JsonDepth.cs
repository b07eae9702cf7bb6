using System.Buffers;

namespace ChatStream.Web.Providers.Wire;

/// <summary>How deep a JSON text is after some of its lines. It tells the line in which the text ends.</summary>
/// <param name="Open">Objects and lists that are not closed yet.</param>
internal readonly record struct JsonDepth(int Open)
{
    private static readonly SearchValues<byte> Marks = SearchValues.Create("{}[]\""u8);

    /// <summary>Whether everything is closed.</summary>
    public bool IsOutside => Open <= 0;

    /// <summary>The depth after another line.</summary>
    public JsonDepth After(ReadOnlySpan<byte> line)
    {
        var open = Open;
        while (line.IndexOfAny(Marks) is >= 0 and var at)
        {
            var mark = line[at];
            line = line[(at + 1)..];
            if (mark == '"')
                line = line[EndOfString(line)..];
            else
                open += mark is (byte)'{' or (byte)'[' ? 1 : -1;
        }
        return new JsonDepth(open);
    }

    // No string goes on in another line.
    private static int EndOfString(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var found = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
                break;
            at += found;
            if (text[at] == '"')
                return at + 1;
            at += 2;
        }
        return text.Length;
    }
}
