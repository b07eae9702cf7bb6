using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Playback;

/// <summary>One thing that a script does.</summary>
internal abstract record Step;

internal sealed record SendHeaders : Step;

internal sealed record SendChunk(Chunk Chunk) : Step;

/// <summary>Any other event, its data as given.</summary>
internal sealed record SendEvent(string Data) : Step;

internal sealed record SendComment(string Text) : Step;

/// <summary>Bytes outside of any event: an error's body, a page, a broken frame.</summary>
internal sealed record SendBytes(ReadOnlyMemory<byte> Bytes) : Step;

/// <summary>The last user message, word by word.</summary>
internal sealed record EchoMessage : Step;

internal sealed record WaitAtGate(Gate Gate) : Step;

internal sealed record WaitFor(TimeSpan Time) : Step;

/// <summary>Waits until the client has closed.</summary>
internal sealed record Stall : Step;

/// <summary>FIN in the middle of the response.</summary>
internal sealed record Cut : Step;

/// <summary>RST in the middle of the response.</summary>
internal sealed record Reset : Step;
