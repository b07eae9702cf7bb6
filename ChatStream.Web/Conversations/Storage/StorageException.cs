namespace ChatStream.Web.Conversations.Storage;

/// <summary>The database did not take a write: a full disk, a lock, a lost connection. Nothing of the write was kept.</summary>
internal sealed class StorageException(Exception inner) : Exception("The database did not take a write.", inner);
