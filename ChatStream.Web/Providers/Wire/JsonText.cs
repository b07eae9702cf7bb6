using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Reads JSON strings that carry the pieces of one text. A piece may end with the first half of a surrogate pair, written as an
/// escape. The runtime's own reader refuses that; here the half waits for the next piece. A half that stays alone becomes U+FFFD.
/// </summary>
internal sealed class JsonText
{
    private const char Replacement = '\uFFFD';

    private char _waiting; // the first half of a surrogate pair, or 0

    /// <summary>True while half a surrogate pair waits for the next piece.</summary>
    public bool IsWaiting => _waiting != 0;

    /// <summary>The half that waits; 0: none. Set it back to leave out a piece that has been read.</summary>
    public char Waiting
    {
        get => _waiting;
        set => _waiting = value;
    }

    /// <summary>Reads the value after a property name. Returns its text, or null if it is empty or not a string.</summary>
    public string? Read(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return ReadCurrent(ref json);
        json.Skip();
        return null;
    }

    /// <summary>Reads the current string as the next piece. Returns null if it is empty.</summary>
    public string? ReadCurrent(ref Utf8JsonReader json)
    {
        if (_waiting == 0 && !json.ValueIsEscaped)
            return json.ValueSpan.IsEmpty ? null : Encoding.UTF8.GetString(json.ValueSpan);
        return Unescape(json.ValueSpan, hold: true);
    }

    /// <summary>For the end of the text: U+FFFD if half a surrogate pair still waits, else null.</summary>
    public string? Rest()
    {
        var rest = _waiting == 0 ? null : Replacement.ToString();
        _waiting = default;
        return rest;
    }

    /// <summary>Reads the current string as a text of its own.</summary>
    public static string Whole(ref Utf8JsonReader json) => new JsonText().Unescape(json.ValueSpan, hold: false) ?? "";

    private string? Unescape(ReadOnlySpan<byte> escaped, bool hold)
    {
        // The text never has more UTF-16 units than its escaped UTF-8 has bytes. One more is for the half that waits.
        var rented = ArrayPool<char>.Shared.Rent(escaped.Length + 1);
        try
        {
            var text = rented.AsSpan();
            var length = 0;
            if (_waiting != 0)
                text[length++] = _waiting;
            _waiting = default;

            while (escaped.IndexOf((byte)'\\') is var at && at >= 0)
            {
                length += Encoding.UTF8.GetChars(escaped[..at], text[length..]);
                text[length++] = Unescape(escaped[at..], out var consumed);
                escaped = escaped[(at + consumed)..];
            }
            length += Encoding.UTF8.GetChars(escaped, text[length..]);

            if (hold && length > 0 && char.IsHighSurrogate(text[length - 1]))
                _waiting = text[--length];
            ReplaceLoneSurrogates(text[..length]);
            return length == 0 ? null : new string(text[..length]);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    // The JSON reader has already checked that the escapes are valid.
    private static char Unescape(ReadOnlySpan<byte> escape, out int consumed)
    {
        consumed = escape[1] == (byte)'u' ? 6 : 2;
        return escape[1] switch
        {
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'u' => (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            var same => (char)same,
        };
    }

    private static void ReplaceLoneSurrogates(Span<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else
                text[i] = Replacement;
        }
    }
}
