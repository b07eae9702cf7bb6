using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Storage;

internal sealed class DataOptions
{
    public const string Section = "Data";

    /// <summary>
    /// The folder of everything that must survive: database and Data Protection keys. Relative to the content root.
    /// </summary>
    [Required(AllowEmptyStrings = false)]
    public string Path { get; init; } = "data";

    public string FolderUnder(string contentRoot) => System.IO.Path.GetFullPath(Path, contentRoot);
}
