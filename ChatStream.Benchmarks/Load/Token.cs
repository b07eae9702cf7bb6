namespace ChatStream.Benchmarks.Load;

/// <summary>
/// The text of a token. It has a fixed length: <c>~</c>, the stream, the number in the stream, the time of sending, a space. The
/// reader sees from it whether tokens were lost, doubled or reordered, and how old each one is.
/// </summary>
/// <param name="Stream">Below 64³.</param>
/// <param name="Number">Counted from 0; below 64³.</param>
/// <param name="SentAt">Microseconds, modulo 64⁵ (18 minutes).</param>
internal readonly record struct Token(int Stream, int Number, long SentAt)
{
    public const byte Mark = (byte)'~';
    public const int Length = 1 + StreamDigits + NumberDigits + TimeDigits + 1;

    private const int StreamDigits = 3;
    private const int NumberDigits = 3;
    private const int TimeDigits = 5;
    private const long TimeMask = (1L << (6 * TimeDigits)) - 1;

    // JSON writers escape none of these characters.
    private static readonly byte[] Digits = [.. "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"u8];
    private static readonly sbyte[] Values = ValuesOfDigits();

    public static string Placeholder { get; } = (char)Mark + new string('0', Length - 2) + " ";

    public void Write(Span<byte> text)
    {
        Write(Stream, text.Slice(1, StreamDigits));
        Write(Number, text.Slice(1 + StreamDigits, NumberDigits));
        Write(SentAt, text.Slice(1 + StreamDigits + NumberDigits, TimeDigits));
    }

    /// <param name="text">Starts with the mark.</param>
    public static Token Read(ReadOnlySpan<byte> text) => new(
        (int)Value(text.Slice(1, StreamDigits)),
        (int)Value(text.Slice(1 + StreamDigits, NumberDigits)),
        Value(text.Slice(1 + StreamDigits + NumberDigits, TimeDigits)));

    /// <summary>The age of the token in microseconds.</summary>
    public long AgeAt(long now) => (now - SentAt) & TimeMask;

    private static void Write(long value, Span<byte> into)
    {
        for (var i = into.Length - 1; i >= 0; i--, value >>= 6)
            into[i] = Digits[value & 63];
    }

    private static long Value(ReadOnlySpan<byte> digits)
    {
        var value = 0L;
        foreach (var digit in digits)
        {
            var six = Values[digit];
            if (six < 0)
                throw new InvalidDataException("The text behind the mark is not a token.");
            value = value << 6 | (byte)six;
        }
        return value;
    }

    private static sbyte[] ValuesOfDigits()
    {
        var values = new sbyte[256];
        Array.Fill(values, (sbyte)-1);
        for (var i = 0; i < Digits.Length; i++)
            values[Digits[i]] = (sbyte)i;
        return values;
    }
}
