using System.IO.Compression;
using ChatStream.Web.Contract;
using ChatStream.Web.Files;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Privacy;

/// <summary>Adds a user's files to the archive of all that is stored.</summary>
internal sealed class FileArchive(IChatDatabase database, IFileExport export, FileStore store)
{
    /// <inheritdoc cref="IFileExport.WriteAsync"/>
    public Task WriteAsync(Owner owner, ConversationTree tree, Stream target, CancellationToken cancellationToken) =>
        export.WriteAsync(owner, tree, target, cancellationToken);

    /// <summary>Writes each file, also those that stand in no conversation.</summary>
    public async Task WriteAsync(Owner owner, ZipArchive zip, CancellationToken cancellationToken)
    {
        List<StoredFile> files;
        await using (var db = database.ReadAs(owner))
            files = await db.Files.OrderBy(file => file.CreatedAt).ToListAsync(cancellationToken);
        foreach (var file in files)
        {
            await using var entry = await zip.CreateEntry($"files/{file.Id}/{file.Name}").OpenAsync(cancellationToken);
            for (var number = 0;
                await store.PartAsync(owner, file.Id, isText: false, number, cancellationToken) is { } part;
                number++)
                await entry.WriteAsync(part, cancellationToken);
        }
    }
}
