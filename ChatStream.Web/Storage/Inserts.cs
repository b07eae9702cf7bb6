using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ChatStream.Web.Storage;

/// <summary>
/// Inserts entities with raw commands that are made from EF's model. To track them would take longer than to store them, and all
/// writers would wait for it.
/// </summary>
internal static class Inserts
{
    private static readonly ConcurrentDictionary<IEntityType, Insert> All = new();

    public static Task InsertAsync(this ChatDbContext db, object entity) =>
        All.GetOrAdd(db.Model.FindEntityType(entity.GetType())!, static type => new Insert(type)).RunAsync(db, entity);

    private sealed class Insert(IEntityType type)
    {
        private readonly IProperty[] _properties = [.. type.GetProperties()];
        private readonly string _sql = $"""
            INSERT INTO "{type.GetTableName()}"
                ({string.Join(", ", type.GetProperties().Select(property => $"\"{property.GetColumnName()}\""))})
            VALUES ({string.Join(", ", type.GetProperties().Select(property => $"@{property.Name}"))})
            """;

        public Task<int> RunAsync(ChatDbContext db, object entity)
        {
            var command = db.Command(_sql);
            foreach (var property in _properties)
            {
                var value = property.GetGetter().GetClrValue(entity);
                var converter = property.GetTypeMapping().Converter;
                command.With($"@{property.Name}", converter is null ? value : converter.ConvertToProvider(value));
            }
            return command.ExecuteNonQueryAsync();
        }
    }
}
