using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Limits;
using ChatStream.Web.Providers;

namespace ChatStream.Web.Files;

/// <summary>Stores the files of imports.</summary>
internal sealed class FileImport(FileDesk desk, ImportLimits limits, ModelCatalog catalog) : IFileImport
{
    /// <inheritdoc/>
    public bool IsOpen => desk.IsOpen;

    /// <inheritdoc/>
    public async Task<ImportedFile> StoreAsync(Owner owner, string name, byte[] content, CancellationToken cancellationToken)
    {
        // Before it is read: that is what costs the most.
        await limits.TakeFileAsync(owner);
        var file = await desk.TakeAsync(owner, name, content, cancellationToken);
        return new ImportedFile(file.Id, file.Name, file is { Width: { } width, Height: { } height }
            ? catalog.Default.TokensOfImage(width, height) : file.Tokens);
    }
}
