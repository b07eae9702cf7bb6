using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Sharing;

/// <summary>Shares conversations, and shows what is shared, for controllers.</summary>
public interface ISharing
{
    /// <summary>Who may read what users share.</summary>
    ShareReaders Readers { get; }

    /// <summary>
    /// Shares the path that is shown, as it is now. A share of the same conversation that there was before ends. An answer that
    /// runs is not in it.
    /// </summary>
    /// <returns>The token of its address, and what a list says of it; null: the owner has no such conversation.</returns>
    /// <exception cref="RefusedException">400, naming the member; 403: it is off; 409: it cannot be shared.</exception>
    Task<(string Token, ShareEntry Share)?> ShareAsync(
        Owner owner, string conversationId, ShareRequest request, CancellationToken cancellationToken);

    /// <summary>Ends a share.</summary>
    /// <returns>False: the conversation is not shared.</returns>
    Task<bool> RevokeAsync(Owner owner, string conversationId);

    /// <summary>What the owner shares, newest first, without what has expired.</summary>
    Task<ShareList> ListAsync(Owner owner, CancellationToken cancellationToken);

    /// <summary>
    /// What a token shows; null: the token is unknown, the share was revoked or has expired, its conversation is gone, or sharing
    /// is off. The reader need not be known.
    /// </summary>
    Task<SharedConversation?> FindAsync(string token, CancellationToken cancellationToken);

    /// <summary>The owner of a file that a token shows; null: it shows no such file. No message is read for it.</summary>
    Task<Owner?> FindFileAsync(string token, string fileId, CancellationToken cancellationToken);
}

/// <summary>A path as a reader may see it.</summary>
/// <param name="Owner">Whose it is. It is not shown.</param>
/// <param name="Share">When it was made, and until when it is shown.</param>
/// <param name="Turns">As in <see cref="ShownConversation.Turns"/>.</param>
/// <param name="Files">The files that the reader may see, by their message.</param>
public sealed record SharedConversation(
    Owner Owner, ShareEntry Share, IReadOnlyList<IReadOnlyList<Message>> Turns, ILookup<string, FileEntry> Files);
