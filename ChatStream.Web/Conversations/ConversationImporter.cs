using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Stores exported conversations. An import works on a thread of its own, and all imports together use one processor at most for
/// what costs the most: tokens are counted and terms computed for one message at a time.
/// </summary>
internal sealed class ConversationImporter(
    IChatDatabase database, TokenCounter tokens, SummaryStore summaries, Removal removal, TimeProvider time,
    IFileImport? files = null)
{
    private readonly Lock _processor = new();

    /// <summary>Stores a conversation under new ids. If it fails, what was stored is removed.</summary>
    /// <param name="owner">Who imports it.</param>
    /// <param name="json">The whole body; it is read twice.</param>
    /// <param name="cancellationToken">The request's token. If the client leaves, nothing is imported.</param>
    /// <returns>The new conversation's id.</returns>
    public Task<string> ImportAsync(Owner owner, Stream json, CancellationToken cancellationToken) =>
        OwnThread.RunAsync(() => Import(owner, json, cancellationToken), cancellationToken);

    private PathSummary ToStored(Owner owner, string conversationId, SummaryNode summary)
    {
        lock (_processor)
        {
            return new PathSummary
            {
                MessageId = summary.MessageId,
                ConversationId = conversationId,
                OwnerId = owner.Id,
                Text = summary.Text,
                Tokens = summaries.Count(summary.Text),
                CreatedAt = summary.CreatedAt,
            };
        }
    }

    private string Import(Owner owner, Stream json, CancellationToken cancellationToken)
    {
        var begin = json.Position;
        var import = ConversationImport.Read(owner, json, time.GetUtcNow());
        var slices = new ImportSlices(database, owner, import.Conversation);
        try
        {
            if (import.Files.HasContent && files is { IsOpen: true })
            {
                json.Position = begin;
                import.ReadFiles(json, (name, content) =>
                    files.StoreAsync(owner, name, content, cancellationToken).GetAwaiter().GetResult());
            }
            json.Position = begin;
            import.ReadMessages(json, tokens, _processor, (message, terms, attached) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                slices.Add(message, terms, attached);
            });
            slices.Finish([.. import.Summaries.Select(summary => ToStored(owner, import.Conversation.Id, summary))]);
            return import.Conversation.Id;
        }
        catch
        {
            if (slices.IsBegun)
                removal.Add(import.Conversation.Id);
            throw;
        }
    }
}
