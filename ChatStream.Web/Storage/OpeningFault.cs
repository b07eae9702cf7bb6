using System.Net.Sockets;
using ChatStream.Web.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SQLitePCL;

namespace ChatStream.Web.Storage;

/// <summary>Why a database cannot be opened, in one line that names the setting and says what to do.</summary>
internal static class OpeningFault
{
    private const string Postgres = $"{DataOptions.Connections}:{nameof(ConnectionOptions.Postgres)}";

    /// <param name="fault">From a database, or an exception with such a one behind it.</param>
    /// <returns>Null: the database is not at fault.</returns>
    public static SettingsException? Of(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is SettingsException known)
                return known;
            if (Describe(cause) is { } told)
                return new SettingsException(told, fault);
        }
        return null;
    }

    /// <summary>Refuses a database with migrations that this version does not have.</summary>
    /// <param name="db">A connection to it.</param>
    /// <param name="setting">The key that names the database.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <exception cref="SettingsException">A newer version has changed it.</exception>
    public static async Task RefuseNewerAsync(ChatDbContext db, string setting, CancellationToken cancellationToken)
    {
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellationToken);
        if (applied.Except(db.Database.GetMigrations()).LastOrDefault() is { } newer)
        {
            throw new SettingsException(
                $"{setting}: a newer version of ChatStream has changed the database ({newer}). Start that version, or restore a "
                + "backup.");
        }
    }

    private static string? Describe(Exception fault) => fault switch
    {
        SqliteException { SqliteErrorCode: var code } => $"{DataOptions.Section}:{nameof(DataOptions.Path)}: {OfSqlite(code)}",
        PostgresException { SqlState: var state } => $"{Postgres}: {OfPostgres(state)}",
        NpgsqlException { InnerException: null } => $"{Postgres}: the connection to the server was lost, or it does not answer.",
        NpgsqlException { InnerException: var inner and not PostgresException } => $"{Postgres}: {OfConnection(inner)}",
        _ => null,
    };

    private static string OfSqlite(int code) => code switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL =>
            "another program has locked chatstream.db. End that one. SQLite's write-ahead log needs a local disk: on a network "
            + $"share use PostgreSQL ({Postgres}).",
        raw.SQLITE_CORRUPT => "chatstream.db is damaged. Restore a backup.",
        raw.SQLITE_NOTADB => "chatstream.db is not a database, or is damaged. Restore a backup, or move the file away.",
        raw.SQLITE_CANTOPEN => "chatstream.db cannot be opened. It must be a file that this process may read and write.",
        raw.SQLITE_FULL => "the disk is full. Make room.",
        raw.SQLITE_IOERR => "the disk reports an error, or is full. SQLite needs a local disk with some room.",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
            "chatstream.db cannot be written to. Give this process the right to write to it.",
        _ => $"chatstream.db cannot be opened (SQLite error {code}).",
    };

    private static string OfPostgres(string state) => state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"the server refuses this user or password ({state}).",
        PostgresErrorCodes.InvalidCatalogName => $"the server has no such database ({state}). Create it, or correct its name.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"the user may not make or change tables ({state}). Make it the owner of the database.",
        PostgresErrorCodes.TooManyConnections => $"the server takes no more connections ({state}).",
        PostgresErrorCodes.CannotConnectNow => $"the server is starting or stopping ({state}). Start again in a moment.",
        PostgresErrorCodes.DiskFull => $"the server's disk is full ({state}).",
        _ => $"the database cannot be opened ({state}).",
    };

    private static string OfConnection(Exception? cause) => cause switch
    {
        SocketException { SocketErrorCode: var error } =>
            $"the server cannot be reached ({error}). Check the host and the port, and that it runs.",
        TimeoutException => "the server does not answer in time. Check the host and the port, and that it runs.",
        _ => $"the server cannot be reached ({cause?.GetType().Name}).",
    };
}
