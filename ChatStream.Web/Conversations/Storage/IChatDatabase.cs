using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Storage;

/// <summary>Where conversations are kept. Reads go side by side; how writes are ordered is each database's own matter.</summary>
internal interface IChatDatabase
{
    /// <summary>Makes the database ready: takes it for this process, and applies the migrations.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>A context for reading, as this owner sees the tables. The caller disposes it.</summary>
    ChatDbContext ReadAs(Owner owner);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and completes when that is committed. It takes no token: what was begun on
    /// a user's behalf is finished whether or not they are still there. What <paramref name="work"/> throws is thrown here,
    /// and nothing of it is kept. It may be run again from its beginning, where another transaction was in its way.
    /// </summary>
    Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work);
}
