using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Finds out whether a start was stored, where the database has not answered its commit.</summary>
internal sealed class StartLookup(
    IChatDatabase database, Manners manners, [FromKeyedServices(StorageSetup.Clock)] TimeProvider time)
{
    /// <summary>How long it is asked. With the write before it, a start gets its refusal within 15 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks for a start, again and again while the database does not answer.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="id">The generation that the start was to begin.</param>
    /// <param name="unknown">What the write ended with.</param>
    /// <returns>What was stored.</returns>
    /// <exception cref="StorageException">Nothing was stored, or that is still unknown.</exception>
    public async Task<StartOutcome> FindAsync(Owner owner, string id, StorageException unknown)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            while (true)
            {
                try
                {
                    if (await ReadAsync(owner, id, patience.Token).WaitAsync(patience.Token) is { } stored)
                        return stored;
                    // A write that took too long may still be on its way, and a lost connection's is not.
                    throw unknown.IsTimeout ? unknown : new StorageException(unknown.InnerException!);
                }
                catch (Exception fault) when (StorageException.IsBehind(fault))
                {
                    await Task.Delay(Pause, time, patience.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw unknown;
        }
    }

    private async Task<StartOutcome?> ReadAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        if (await db.Messages.Where(m => m.Id == id)
            .Join(db.Conversations, m => m.ConversationId, c => c.Id, (m, c) => new { Message = m, Conversation = c })
            .FirstOrDefaultAsync(cancellationToken) is not { Message: var m, Conversation: var c })
            return null;
        var folder = await FolderStore.InstructionsAsync(db, c.FolderId, cancellationToken);
        // The conversation may have all three. Where it has none, reading finds none.
        return new StartOutcome(
            id, new StartPayload(m.Id, c.Id, m.Id, m.ParentId!, m.Model!, c.Title),
            manners.For(m.Model!, c.Manner with { Folder = folder }, c.SystemPromptTokens),
            HasSummaries: true, HasFiles: true, HasTools: true)
        {
            InstanceId = m.InstanceId,
        };
    }
}
