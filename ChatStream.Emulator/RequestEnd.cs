namespace ChatStream.Emulator;

public enum RequestOutcome
{
    /// <summary>The whole script was written, including the end of the response.</summary>
    Completed,

    /// <summary>The client closed the connection before the script was written.</summary>
    ClientClosed,

    /// <summary>The script, or the stop of the emulator, broke the connection.</summary>
    Cut,
}

/// <param name="Outcome">How the request ended.</param>
/// <param name="Timestamp">When it ended, on the clock of <c>Stopwatch.GetTimestamp()</c>.</param>
public sealed record RequestEnd(RequestOutcome Outcome, long Timestamp);
