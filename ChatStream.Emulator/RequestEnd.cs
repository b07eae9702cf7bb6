namespace ChatStream.Emulator;

public enum RequestOutcome
{
    /// <summary>All that the script has to say was written, the response's end included.</summary>
    Completed,

    /// <summary>The client closed the connection before that.</summary>
    ClientClosed,

    /// <summary>The script, or the emulator's own stop, broke the connection off.</summary>
    Cut,
}

/// <param name="Outcome">How the request ended.</param>
/// <param name="Timestamp">When, as Stopwatch.GetTimestamp() tells it.</param>
public sealed record RequestEnd(RequestOutcome Outcome, long Timestamp);
