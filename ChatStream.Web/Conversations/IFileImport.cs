using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>A file that was imported.</summary>
/// <param name="Id">Its new id.</param>
/// <param name="Name">Cleaned.</param>
/// <param name="Tokens">What it takes of the context, about.</param>
internal sealed record ImportedFile(string Id, string Name, int Tokens);

/// <summary>Stores the files of an import as if they were uploaded.</summary>
internal interface IFileImport
{
    /// <summary>Whether users may have files here. If not, files of imports are left out.</summary>
    bool IsOpen { get; }

    /// <exception cref="RefusedException">400, 413 or 415: why it is not taken.</exception>
    Task<ImportedFile> StoreAsync(Owner owner, string name, byte[] content, CancellationToken cancellationToken);
}
