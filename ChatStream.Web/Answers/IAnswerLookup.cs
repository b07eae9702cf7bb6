using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers;

/// <summary>Finds an answer wherever it is, for controllers: running, ended and still in memory, or in the database.</summary>
public interface IAnswerLookup
{
    /// <summary>Attaches a reader after a frame, or at the first.</summary>
    /// <param name="owner">The user or program that asks.</param>
    /// <param name="id">The generation's id.</param>
    /// <param name="after">The last frame that the reader has; null: none.</param>
    /// <param name="readerGone">The reader's token. It ends the reading, never the generation.</param>
    /// <exception cref="RefusedException">400: there is no such frame; 404: the owner has no such generation; 429: it has as many
    /// readers as it may have.</exception>
    Task<Attachment> AttachAsync(Owner owner, string id, FrameId? after, CancellationToken readerGone);

    /// <summary>The state and text of an answer, running or ended. It counts as reading the answer.</summary>
    /// <exception cref="RefusedException">404: the owner has no such generation.</exception>
    Task<Answer> FindAsync(Owner owner, string id, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="FindAsync"/>, for the request that has started the answer. That is never forwarded: the instance that has
    /// the answer now would start another one.
    /// </summary>
    /// <exception cref="RefusedException">503: that instance cannot be reached.</exception>
    Task<Answer> FindStartedAsync(Owner owner, string id, CancellationToken cancellationToken);

    /// <summary>Gives the messages that were running when they were read the text and state that they have now.</summary>
    Task UpdateRunningAsync(Owner owner, IEnumerable<Message> messages, CancellationToken cancellationToken);
}
