namespace ChatStream.Emulator.Playback;

// A write found the connection closed before RequestAborted was signalled.
internal sealed class ClientClosedException() : IOException("The client closed the connection.");
