using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Has the conversations that users deleted. They belong to <see cref="Owner.Deleted"/>, so no query of their user finds them.
/// <see cref="DeletedConversations"/> takes them away once they can no longer be restored.
/// </summary>
internal sealed class Wastebasket(
    IChatDatabase database, IConversationLibrary library, Removal removal, IOptions<ConversationOptions> options,
    TimeProvider time) : IWastebasket
{
    /// <summary>Conversations of one write, for which other writers wait.</summary>
    private const int Batch = 50;

    // It stays pinned if there is room.
    private const string GiveBack = """
        UPDATE "Conversations" SET "OwnerId" = @owner, "DeletedAt" = NULL,
            "IsPinned" = "IsPinned" AND @mostPinned > (SELECT COUNT(*) FROM "Conversations" AS p
                WHERE p."OwnerId" = @owner AND p."IsPinned")
        WHERE "Id" = @conversation AND "OwnerId" = @deleted
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunningAnswer>?> DeleteAsync(Owner owner, string id)
    {
        if (options.Value.RestoreFor == TimeSpan.Zero)
            return await library.DeleteAsync(owner, id);
        var (deleted, now) = (owner.Deleted.Id, time.GetUtcNow());
        var (isFound, running) = await database.WriteAsync(owner, async db =>
        {
            // Locks the row: a concurrent start in it is either seen below, or finds the conversation gone.
            if (await db.Conversations.Where(c => c.Id == id && !c.IsTemporary).ExecuteUpdateAsync(c => c
                .SetProperty(x => x.OwnerId, deleted).SetProperty(x => x.DeletedAt, now)) == 0)
                return (false, new List<RunningAnswer>());
            // What is restored is not shared again.
            await db.Shares.Where(s => s.ConversationId == id).ExecuteDeleteAsync(CancellationToken.None);
            return (true, await db.Messages
                .Where(m => m.ConversationId == id && m.Role == MessageRole.Assistant && m.FinishReason == null)
                .Select(m => new RunningAnswer(m.Id, m.InstanceId)).ToListAsync());
        });
        return isFound ? running : await library.DeleteAsync(owner, id);
    }

    /// <inheritdoc/>
    public async Task<RestoredConversations> RestoreAsync(Owner owner, IReadOnlyCollection<string> ids)
    {
        var (all, restored) = (new List<string>(), new List<string>());
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(Batch))
        {
            var (has, given) = await database.WriteAsync(owner, async db =>
            {
                await db.LockOwnerAsync(owner);
                var given = new List<string>();
                foreach (var id in some)
                {
                    if (await db.Command(GiveBack).With("@conversation", id).With("@deleted", owner.Deleted.Id)
                        .With("@mostPinned", ConversationLibrary.MostPinned).ExecuteNonQueryAsync() > 0)
                        given.Add(id);
                }
                return (await db.Conversations.Where(c => some.Contains(c.Id)).Select(c => c.Id).ToListAsync(), given);
            });
            all.AddRange(has);
            restored.AddRange(given);
        }
        return new RestoredConversations(all, restored);
    }

    /// <inheritdoc/>
    public async Task EmptyAsync(Owner owner)
    {
        List<string> ids;
        await using (var db = database.ReadAs(owner.Deleted))
            ids = await db.Conversations.Select(c => c.Id).ToListAsync();
        // What ran in them was stopped when they were deleted. An import waits for this, but not for the removal of the rows.
        foreach (var some in ids.Chunk(Batch))
        {
            try
            {
                await database.WriteAsync(
                    owner.Deleted, db => Removal.TakeAwayAsync(db.Conversations.Where(c => some.Contains(c.Id))));
            }
            finally
            {
                // Where the database did not say whether it took them, it may have.
                foreach (var id in some)
                    removal.Add(id);
            }
        }
    }
}
