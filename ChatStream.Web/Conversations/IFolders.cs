using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>The folders of users, for controllers.</summary>
public interface IFolders
{
    /// <summary>All folders of the owner by name, and the archive, each with the number of its conversations.</summary>
    Task<FolderList> ListAsync(Owner owner, CancellationToken cancellationToken);

    /// <exception cref="RefusedException">400, with the field; 409: there are too many.</exception>
    Task<FolderEntry> CreateAsync(Owner owner, FolderRequest request, CancellationToken cancellationToken);

    /// <returns>The folder after the change; null: the owner has none with this id.</returns>
    /// <exception cref="RefusedException">400, with the field; 409: it is the archive.</exception>
    Task<FolderEntry?> ChangeAsync(Owner owner, string id, FolderChange change, CancellationToken cancellationToken);

    /// <summary>Removes a folder. Its conversations stay, and stand in no folder.</summary>
    /// <returns>False: the owner has none with this id.</returns>
    /// <exception cref="RefusedException">409: it is the archive.</exception>
    Task<bool> RemoveAsync(Owner owner, string id);
}
