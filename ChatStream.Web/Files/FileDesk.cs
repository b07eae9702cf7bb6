using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Limits;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Files;

internal sealed class FileDesk(
    FileReader reader, FileStore store, UploadLimits limits, TokenCounter tokens, IOptions<FilesOptions> options) : IFileDesk
{
    /// <inheritdoc/>
    public bool IsOpen => options.Value.Enabled;

    /// <inheritdoc/>
    public int MostBytes => options.Value.MostBytes;

    /// <inheritdoc/>
    public int MostPerMessage => options.Value.MostPerMessage;

    /// <inheritdoc/>
    public Task<IAsyncDisposable> TakePlaceAsync(Caller caller) =>
        options.Value.Enabled ? limits.TakeAsync(caller) : throw FileRefusals.Off();

    /// <inheritdoc/>
    public async Task<StoredFile> TakeAsync(Owner owner, string? name, byte[] content, CancellationToken cancellationToken)
    {
        var file = await reader.ReadAsync(content, cancellationToken);
        // The longest text that the settings let in is counted to its end.
        return await store.StoreAsync(owner, FileNames.Clean(name), file, async text =>
            await tokens.CountAsync(text, int.MaxValue, cancellationToken) ?? int.MaxValue);
    }

    /// <inheritdoc/>
    public async Task<StoredFile> FindAsync(Owner owner, string id, CancellationToken cancellationToken) =>
        (Ids.IsId(id) ? await store.FindAsync(owner, id, cancellationToken) : null) ?? throw FileRefusals.Unknown("id");

    /// <inheritdoc/>
    public Task<string?> TextAsync(Owner owner, StoredFile file, CancellationToken cancellationToken) =>
        store.TextAsync(owner, file, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<byte[]> ContentAsync(
        Owner owner, StoredFile file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = file.Bytes;
        for (var number = 0; left > 0; number++)
        {
            var part = await store.PartAsync(owner, file.Id, isText: false, number, cancellationToken)
                ?? throw FileRefusals.Unknown("id");
            left -= part.Length;
            yield return part;
        }
    }
}
