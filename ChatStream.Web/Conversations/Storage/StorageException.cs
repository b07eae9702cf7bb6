using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations.Storage;

/// <summary>The database did not take a write: a full disk, a lock, a lost connection. Nothing of the write was kept.</summary>
internal sealed class StorageException(Exception inner) : Exception("The database did not take a write.", inner)
{
    /// <summary>Whether it is the database that is at fault. What looks as if it might pass, EF puts into another exception.</summary>
    public static bool IsBehind(Exception fault) => fault is DbException or DbUpdateException or TimeoutException
        || (fault is InvalidOperationException { InnerException: { } inner } && IsBehind(inner));
}
