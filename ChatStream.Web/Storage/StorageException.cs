using System.Data.Common;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Storage;

/// <summary>
/// The database did not take a write: the disk is full, the file is locked, the connection is lost. Nothing was kept, unless the
/// outcome <see cref="IsUnknown"/>.
/// </summary>
internal sealed class StorageException(Exception inner) : Exception("The database did not take a write.", inner)
{
    /// <summary>Whether the write may have been kept all the same: it was sent, and the database did not answer.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>Whether the database took too long. Then the write may still be on its way.</summary>
    public bool IsTimeout => InnerException is TimeoutException or { InnerException: TimeoutException };

    /// <summary>
    /// Whether the database is at fault. EF wraps faults that may pass in an <see cref="InvalidOperationException"/>. Npgsql
    /// throws a bare <see cref="SocketException"/> if the server's name is not known.
    /// </summary>
    public static bool IsBehind(Exception fault) => fault is DbException or DbUpdateException or TimeoutException
            or SocketException
        || (fault is InvalidOperationException { InnerException: { } inner } && IsBehind(inner));
}
