using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Storage;

internal sealed class DataOptions
{
    public const string Section = "Data";

    /// <summary>The section of the settings for PostgreSQL.</summary>
    public const string Connections = "ConnectionStrings";

    /// <summary>
    /// The folder of everything that must survive: database and Data Protection keys. Relative to the content root.
    /// </summary>
    [Required(AllowEmptyStrings = false)]
    public string Path { get; init; } = "data";

    public string FolderUnder(string contentRoot) => System.IO.Path.GetFullPath(Path, contentRoot);

    /// <summary>The folder can be used. It also holds the keys where the database is PostgreSQL.</summary>
    internal sealed class Check(IHostEnvironment environment, IConfiguration settings) : IValidateOptions<DataOptions>
    {
        public ValidateOptionsResult Validate(string? name, DataOptions options)
        {
            if (options.Path.Length == 0)
                return ValidateOptionsResult.Success; // told by its attribute
            var isSqlite = settings.GetConnectionString(nameof(ConnectionOptions.Postgres)) is not { Length: > 0 };
            return DataFolder.FaultOf(options.FolderUnder(environment.ContentRootPath), isSqlite) is { } fault
                ? ValidateOptionsResult.Fail($"{Section}:{nameof(Path)}: {fault}")
                : ValidateOptionsResult.Success;
        }
    }
}

/// <summary>The keys of the section <see cref="DataOptions.Connections"/>.</summary>
internal sealed class ConnectionOptions
{
    public string? Postgres { get; init; }
}
