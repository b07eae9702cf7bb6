namespace ChatStream.Emulator.Playback;

// A write may find the connection gone before RequestAborted has been signalled.
internal sealed class ClientClosedException() : IOException("The client closed the connection.");
