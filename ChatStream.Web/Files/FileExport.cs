using System.Text.Json;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Files;

/// <summary>Writes the export of a conversation with its files.</summary>
internal sealed class FileExport(FileStore store) : IFileExport
{
    /// <inheritdoc/>
    public async Task WriteAsync(Owner owner, ConversationTree tree, Stream target, CancellationToken cancellationToken)
    {
        var files = FilesOf(tree);
        if (files.Count == 0)
        {
            await JsonSerializer.SerializeAsync(target, tree, WireJson.Wire.ConversationTree, cancellationToken);
            return;
        }
        await using (var open = new OpenObject(target))
            await JsonSerializer.SerializeAsync(open, tree, WireJson.Wire.ConversationTree, cancellationToken);
        await target.WriteAsync(",\"files\":["u8.ToArray(), cancellationToken);
        foreach (var (number, (file, isWithin)) in files.Index())
        {
            if (number > 0)
                await target.WriteAsync(","u8.ToArray(), cancellationToken);
            var node = new FileNode
            {
                Id = file.Id,
                Name = file.Name,
                Data = isWithin ? await ContentAsync(owner, file.Id, cancellationToken) : null,
            };
            await JsonSerializer.SerializeAsync(target, node, WireJson.Wire.FileNode, cancellationToken);
        }
        await target.WriteAsync("]}"u8.ToArray(), cancellationToken);
    }

    /// <summary>
    /// The files of the newest messages first, because all may be too much, and whether each is within the limit.
    /// </summary>
    private static List<(FileEntry File, bool IsWithin)> FilesOf(ConversationTree tree)
    {
        var (files, left) = (new List<(FileEntry, bool)>(), (long)FileNode.MostBytes);
        foreach (var file in tree.Messages.Reverse().SelectMany(message => message.Files ?? []).DistinctBy(file => file.Id))
        {
            var isWithin = file.Bytes <= left;
            left -= isWithin ? file.Bytes : 0;
            files.Add((file, isWithin));
        }
        return files;
    }

    // It may have been removed since the conversation was read.
    private async Task<byte[]?> ContentAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindAsync(owner, id, cancellationToken) is { } stored
                ? await store.ContentAsync(owner, stored, cancellationToken) : null;
        }
        catch (RefusedException)
        {
            return null;
        }
    }
}

/// <summary>Writes the export of a conversation with its files, for controllers.</summary>
public interface IFileExport
{
    /// <summary>
    /// Writes the tree as JSON, with the content of its files, as much as an import takes. Of those that are too much it has the
    /// names. Each file is read when it is written.
    /// </summary>
    Task WriteAsync(Owner owner, ConversationTree tree, Stream target, CancellationToken cancellationToken);
}
