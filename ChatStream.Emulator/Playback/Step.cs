using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Playback;

/// <summary>One step of a script.</summary>
internal abstract record Step;

internal sealed record SendHeaders : Step;

internal sealed record SendChunk(Chunk Chunk) : Step;

/// <summary>Sends any other event. Its data is sent as given.</summary>
internal sealed record SendEvent(string Data) : Step;

internal sealed record SendComment(string Text) : Step;

/// <summary>Sends bytes outside of any event: an error's body, a page, a broken event.</summary>
internal sealed record SendBytes(ReadOnlyMemory<byte> Bytes) : Step;

/// <summary>Sends the last user message, one chunk for each word.</summary>
internal sealed record EchoMessage : Step;

internal sealed record WaitAtGate(Gate Gate) : Step;

internal sealed record WaitFor(TimeSpan Time) : Step;

/// <summary>Waits until the client closes the connection.</summary>
internal sealed record Stall : Step;

/// <summary>Sends FIN in the middle of the response.</summary>
internal sealed record Cut : Step;

/// <summary>Sends RST in the middle of the response.</summary>
internal sealed record Reset : Step;
