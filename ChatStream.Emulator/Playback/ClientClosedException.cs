namespace ChatStream.Emulator.Playback;

// Found by a write before RequestAborted was signalled.
internal sealed class ClientClosedException() : IOException("The client closed the connection.");
