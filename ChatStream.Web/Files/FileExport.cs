using ChatStream.Web.Contract;

namespace ChatStream.Web.Files;

/// <summary>Adds the files of a conversation to its export.</summary>
internal sealed class FileExport(FileStore store) : IFileExport
{
    /// <inheritdoc/>
    public async Task<ConversationTree> WithFilesAsync(
        Owner owner, ConversationTree tree, CancellationToken cancellationToken)
    {
        var (nodes, left) = (new List<FileNode>(), (long)FileNode.MostBytes);
        // The files of the newest messages first, because all may be too much.
        foreach (var file in tree.Messages.Reverse().SelectMany(message => message.Files ?? []).DistinctBy(file => file.Id))
        {
            var isWithin = file.Bytes <= left;
            left -= isWithin ? file.Bytes : 0;
            var stored = isWithin ? await store.FindAsync(owner, file.Id, cancellationToken) : null;
            nodes.Add(new FileNode
            {
                Id = file.Id,
                Name = file.Name,
                Data = stored is null ? null : await store.ContentAsync(owner, stored, cancellationToken),
            });
        }
        return nodes.Count == 0 ? tree : tree with { Files = nodes };
    }
}

/// <summary>Adds the files of a conversation to its export, for controllers.</summary>
public interface IFileExport
{
    /// <summary>
    /// The tree with the content of its files, as much as an import takes. Of those that are too much it has the names.
    /// </summary>
    Task<ConversationTree> WithFilesAsync(Owner owner, ConversationTree tree, CancellationToken cancellationToken);
}
