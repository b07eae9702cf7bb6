using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>Deletes conversations so that their owner can have them back for a while, for controllers.</summary>
public interface IWastebasket
{
    /// <summary>
    /// Takes a conversation away: no request finds it from then on. It can be restored for <c>Conversations:RestoreFor</c>. A
    /// temporary one is removed for good.
    /// </summary>
    /// <returns>Its answers that still run; null where the owner has no conversation with this id.</returns>
    Task<IReadOnlyList<RunningAnswer>?> DeleteAsync(Owner owner, string id);

    /// <summary>
    /// Gives deleted conversations back to their owner. They stay pinned as far as there is room. Ids that cannot be restored are
    /// skipped, those of conversations that were not deleted too.
    /// </summary>
    /// <returns>The ids of those that were restored.</returns>
    Task<RestoredConversations> RestoreAsync(Owner owner, IReadOnlyCollection<string> ids);

    /// <summary>
    /// Takes away for good what the owner could have back: it no longer counts. Its rows are removed in the background.
    /// </summary>
    Task EmptyAsync(Owner owner);
}

/// <summary>What came of a restore. A restore that is repeated tells the same ids.</summary>
/// <param name="Ids">Of those that were asked for, the ones that the owner has now.</param>
/// <param name="New">The ones that were deleted until now.</param>
public sealed record RestoredConversations(IReadOnlyList<string> Ids, IReadOnlyList<string> New);
