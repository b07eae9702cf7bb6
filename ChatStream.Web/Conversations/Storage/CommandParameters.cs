using System.Data.Common;

namespace ChatStream.Web.Conversations.Storage;

internal static class CommandParameters
{
    /// <param name="command">Gets it.</param>
    /// <param name="name">With its @: without it SQLite is asked four times for each parameter and statement.</param>
    /// <param name="value">The value.</param>
    public static DbCommand With(this DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>A time as the entities store it.</summary>
    public static DbCommand With(this DbCommand command, string name, DateTimeOffset? time) =>
        command.With(name, (object?)time?.ToUnixTimeMilliseconds());
}
