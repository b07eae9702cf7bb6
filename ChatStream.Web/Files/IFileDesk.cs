using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Files;

/// <summary>Takes files of users and gives them out, for controllers.</summary>
public interface IFileDesk
{
    /// <summary>Whether the settings let users upload files.</summary>
    bool IsOpen { get; }

    /// <summary>Bytes of one file.</summary>
    int MostBytes { get; }

    /// <summary>Files of one message.</summary>
    int MostPerMessage { get; }

    /// <summary>Takes a place of the uploads. Dispose of it when the file is stored or refused.</summary>
    /// <exception cref="RefusedException">403: users upload no files here; 429, with the seconds to wait.</exception>
    Task<IAsyncDisposable> TakePlaceAsync(Caller caller);

    /// <summary>Reads a file and stores it.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="name">As it was sent.</param>
    /// <param name="content">All of it.</param>
    /// <param name="cancellationToken">The request's token.</param>
    /// <exception cref="RefusedException">400, 413 or 415: why it is not taken.</exception>
    Task<StoredFile> TakeAsync(Owner owner, string? name, byte[] content, CancellationToken cancellationToken);

    /// <summary>A file of the user.</summary>
    /// <exception cref="RefusedException">404.</exception>
    Task<StoredFile> FindAsync(Owner owner, string id, CancellationToken cancellationToken);

    /// <summary>The text that a model gets of a file; null: it is an image.</summary>
    Task<string?> TextAsync(Owner owner, StoredFile file, CancellationToken cancellationToken);

    /// <summary>The content of a file, part by part.</summary>
    IAsyncEnumerable<byte[]> ContentAsync(Owner owner, StoredFile file, CancellationToken cancellationToken);
}
