using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>Lists, searches, reads, changes, imports and removes conversations, for controllers.</summary>
public interface IConversationLibrary
{
    /// <summary>A page of the owner's conversations, newest first. With a query: those that have all its words.</summary>
    /// <param name="owner">The user or program that asks.</param>
    /// <param name="query">Which conversations.</param>
    /// <param name="cancellationToken">The request's token.</param>
    /// <exception cref="RefusedException">400: the place did not come from a page; 404: there is no such folder.</exception>
    Task<ConversationPage> ListAsync(Owner owner, ListQuery query, CancellationToken cancellationToken);

    /// <summary>The conversation with all its messages; null where the owner has none with this id.</summary>
    Task<WholeConversation?> FindAsync(Owner owner, string id, CancellationToken cancellationToken);

    /// <summary>
    /// The conversation with the messages of the path last shown; null where the owner has none with this id. Of the others only
    /// the places are read.
    /// </summary>
    Task<ShownConversation?> FindShownAsync(Owner owner, string id, CancellationToken cancellationToken);

    /// <summary>
    /// The bytes of all conversations that the owner imported, with those that were deleted and can be restored: texts in UTF-8,
    /// and 256 for each message. Of <see cref="Owner.Deleted"/>: of the deleted ones alone.
    /// </summary>
    Task<long> ImportedBytesAsync(Owner owner, CancellationToken cancellationToken);

    /// <returns>The conversation after the change; null where the owner has none with this id.</returns>
    /// <exception cref="RefusedException">400: the title is not valid; 404: the conversation has no such message.</exception>
    Task<ConversationSummary?> ChangeAsync(Owner owner, string id, ConversationChange change);

    /// <summary>Puts conversations into a folder or the archive. Ids that the owner does not have are skipped.</summary>
    /// <param name="owner">The user or program.</param>
    /// <param name="ids">Which ones.</param>
    /// <param name="folderId">Null: they stand in no folder from then on.</param>
    /// <exception cref="RefusedException">404: there is no such folder.</exception>
    Task MoveAsync(Owner owner, IReadOnlyCollection<string> ids, string? folderId);

    /// <summary>
    /// Removes a conversation with its messages, and the keys of the starts in it. No request finds them afterwards; rows of a
    /// large conversation are removed in the background.
    /// </summary>
    /// <returns>The ids of its answers that still ran; null where the owner has no conversation with this id.</returns>
    Task<IReadOnlyList<RunningAnswer>?> DeleteAsync(Owner owner, string id);

    /// <summary>
    /// Stores exported conversations under new ids: of ChatStream, ChatGPT, LibreChat or open-webui. The owner sees each when it
    /// is whole. One among several that cannot be read is left out.
    /// </summary>
    /// <param name="owner">The user or program that imports them.</param>
    /// <param name="json">The export, whole: it is read more than once, and the reading blocks.</param>
    /// <param name="cancellationToken">
    /// The request's token. If the client leaves, the conversation that is being stored is not imported, and none after it.
    /// </param>
    /// <exception cref="System.Text.Json.JsonException">It is not the JSON of an export.</exception>
    /// <exception cref="RefusedException">400, naming the member.</exception>
    Task<ImportReport> ImportAsync(Owner owner, Stream json, CancellationToken cancellationToken);
}
