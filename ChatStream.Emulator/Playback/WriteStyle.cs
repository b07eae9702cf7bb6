namespace ChatStream.Emulator.Playback;

internal enum Split
{
    Never,
    EveryByte,
    InsideUtf8,
}

/// <summary>How the events of a script are divided into writes.</summary>
/// <param name="LineEnd">LF or CR LF.</param>
/// <param name="Split">Where a write is split further.</param>
/// <param name="EventsPerWrite">A write before a wait, or at the end, may have fewer.</param>
/// <param name="EscapesNonAscii">Whether JSON has <c>\u</c> escapes in place of all characters outside of ASCII.</param>
internal sealed record WriteStyle(string LineEnd, Split Split, int EventsPerWrite, bool EscapesNonAscii)
{
    public static readonly WriteStyle Plain = new("\n", Split.Never, 1, false);
}
