using System.Data.Common;
using ChatStream.Web.Contract;
using Microsoft.Data.Sqlite;

namespace ChatStream.Web.Storage;

internal static class CommandParameters
{
    /// <summary>Adds a parameter.</summary>
    /// <param name="command">The command that gets it.</param>
    /// <param name="name">With its @. Without it SQLite is asked four times for each parameter of each statement.</param>
    /// <param name="value">Null is stored as NULL.</param>
    public static DbCommand With(this DbCommand command, string name, object? value)
    {
        // A statement that is prepared once keeps its parameters, and each use gives all of them.
        if (command is SqliteCommand { Parameters: var known } && known.Contains(name))
        {
            known[name].Value = value ?? DBNull.Value;
            return command;
        }
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>Adds a time as the entities store it, in Unix milliseconds.</summary>
    public static DbCommand With(this DbCommand command, string name, DateTimeOffset? time) =>
        command.With(name, (object?)time?.ToUnixTimeMilliseconds());

    /// <summary>
    /// Adds an amount of money as the entities store it, in billionths. It has a name of its own, because With would then take
    /// integers for amounts.
    /// </summary>
    public static DbCommand WithCost(this DbCommand command, string name, decimal? amount) =>
        command.With(name, (object?)(long?)(amount * CostPayload.Parts));
}
