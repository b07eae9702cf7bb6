using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>
/// The database of conversations. Reads run side by side. Each kind of database orders its writes in its own way.
/// </summary>
internal interface IChatDatabase
{
    /// <summary>Takes the database for this process, or joins the others that share it, and applies the migrations.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>A context for reading, as this owner sees the tables. The caller disposes of it.</summary>
    ChatDbContext ReadAs(Owner owner);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and completes when that is committed. It takes no token: a write that a user
    /// began is finished whether or not the user is still there. What <paramref name="work"/> throws is thrown here, and nothing
    /// of it is kept. It may be run again from its beginning if another transaction was in its way, or if the connection was lost
    /// before the commit.
    /// </summary>
    /// <exception cref="StorageException">The database did not take the write, or did not say whether it did.</exception>
    Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work);
}
