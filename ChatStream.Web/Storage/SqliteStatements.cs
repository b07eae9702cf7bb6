using Microsoft.Data.Sqlite;

namespace ChatStream.Web.Storage;

/// <summary>
/// The prepared statements of one connection, each parsed and planned once. Not thread-safe, as the connection is not.
/// </summary>
internal sealed class SqliteStatements(SqliteConnection connection)
{
    private readonly Dictionary<string, SqliteCommand> _bySql = new(StringComparer.Ordinal);

    /// <summary>Texts that have begun to wait for the search index since it took the last ones, about.</summary>
    public int WaitingTexts { get; set; }

    public SqliteCommand Of(string sql)
    {
        if (!_bySql.TryGetValue(sql, out var command))
            _bySql.Add(sql, command = new SqliteCommand(sql, connection));
        return command;
    }
}
