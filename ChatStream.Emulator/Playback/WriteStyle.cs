namespace ChatStream.Emulator.Playback;

internal enum Split
{
    Never,
    EveryByte,
    InsideUtf8,
}

/// <summary>How a script's events become writes.</summary>
/// <remarks>Fewer events than EventsPerWrite go out in one write only before a wait and at the end.</remarks>
internal sealed record WriteStyle(string LineEnd, Split Split, int EventsPerWrite, bool EscapesNonAscii)
{
    public static readonly WriteStyle Plain = new("\n", Split.Never, 1, false);
}
