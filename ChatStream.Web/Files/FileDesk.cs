using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Limits;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Files;

internal sealed class FileDesk(
    FileReader reader, FileStore store, UploadLimits limits, TokenCounter tokens, FileRemoval removal,
    Func<IWastebasket> basket, IOptions<FilesOptions> options) : IFileDesk
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
        try
        {
            return await StoreAsync(owner, name, file, cancellationToken);
        }
        catch (RefusedException refused) when (
            refused.Refusal.Code == "file_quota" && content.Length <= options.Value.StoredBytesPerUser)
        {
            // What was deleted takes room as long as it can be restored. An upload that needs the room ends that.
            await basket().EmptyAsync(owner);
            await removal.TakeRemovedAsync(owner);
            return await StoreAsync(owner, name, file, cancellationToken);
        }
    }

    // The longest text that the settings let in is counted to its end.
    private Task<StoredFile> StoreAsync(Owner owner, string? name, ReadFile file, CancellationToken cancellationToken) =>
        store.StoreAsync(owner, FileNames.Clean(name), file, async text =>
            await tokens.CountAsync(text, int.MaxValue, cancellationToken) ?? int.MaxValue);

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
