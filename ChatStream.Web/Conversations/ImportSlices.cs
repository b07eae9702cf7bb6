using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Stores an import in slices, each a write of its own, so that other writes come between them. The owner sees the conversation
/// once it is given to them. The methods block: an import has a thread of its own.
/// </summary>
internal sealed class ImportSlices(IChatDatabase database, Owner owner, Conversation conversation)
{
    // What a slice has at most, unless it is one row. Terms cost the most: 5,000 that no text had yet take about 10 ms.
    private const int MostRows = 100;
    private const int MostCharacters = 64 * 1024;
    private const int MostTerms = 5_000;

    private const string Give = """
        UPDATE "Conversations" SET "OwnerId" = @of, "FolderId" = (CASE WHEN @folder = 'archive' THEN 'archive'
                ELSE (SELECT f."Id" FROM "Folders" AS f WHERE f."Id" = @folder AND f."OwnerId" = @of) END),
            "IsPinned" = @pinned AND @mostPinned > (SELECT COUNT(*) FROM "Conversations" AS p
                WHERE p."OwnerId" = @of AND p."IsPinned")
        WHERE "Id" = @conversation AND "OwnerId" = @owner
        """;

    private readonly List<(object Row, Message? Message, IReadOnlyCollection<string> Terms)> _slice = [];
    private int _characters;
    private int _terms;

    /// <summary>Whether a write was begun, so that there may be rows.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Stores a message with all that hangs on it, as far as slices are full.</summary>
    /// <exception cref="StorageException">The database did not take a slice.</exception>
    public void Add(Message message, IReadOnlyCollection<string> terms, IReadOnlyList<MessageFile> files)
    {
        Add(message, CharactersOf(message), message, terms);
        foreach (var call in message.Tools)
            Add(call, call.Arguments.Length + (call.Result?.Length ?? 0));
        foreach (var file in files)
            Add(file, file.Name.Length);
    }

    /// <summary>Stores what is left. The conversation is whole then, and no owner sees it yet.</summary>
    /// <param name="summaries">Those of the conversation.</param>
    /// <exception cref="StorageException">The database did not take it.</exception>
    public void Finish(IReadOnlyList<PathSummary> summaries)
    {
        foreach (var summary in summaries)
            Add(summary, summary.Text.Length);
        if (_slice.Count > 0)
            Write();
    }

    /// <summary>Gives the conversation to its owner.</summary>
    /// <param name="folderId">The owner's folder; null: none.</param>
    /// <param name="isPinned">Whether it stands before all others, if there is room.</param>
    /// <exception cref="StorageException">The database did not take it, or the conversation is gone.</exception>
    public void GiveToOwner(string? folderId, bool isPinned)
    {
        var terms = SearchTerms.Of(conversation.Title);
        database.WriteAsync(Owner.Importing, async db =>
        {
            await db.LockOwnerAsync(owner); // pins are counted
            await db.IndexAsync(owner.Id, conversation.Id, messageId: null, terms);
            return await db.Command(Give).With("@of", owner.Id).With("@conversation", conversation.Id)
                .With("@folder", folderId ?? "").With("@pinned", isPinned)
                .With("@mostPinned", ConversationLibrary.MostPinned).ExecuteNonQueryAsync() > 0 ? true
                // An import that took very long is removed as one that has failed.
                : throw new StorageException(new TimeoutException("The import was removed before it was given to its owner."));
        }).GetAwaiter().GetResult();
    }

    private static int CharactersOf(Message message) => message.Text.Length + (message.Reasoning?.Length ?? 0)
        + (message.Model?.Length ?? 0) + (message.FailureMessage?.Length ?? 0) + (message.FailureCategories?.Length ?? 0);

    private void Add(object row, int characters, Message? message = null, IReadOnlyCollection<string>? terms = null)
    {
        var count = terms?.Count ?? 0;
        if (_slice.Count > 0 && (_slice.Count == MostRows || _characters + characters > MostCharacters
            || _terms + count > MostTerms))
            Write();
        _slice.Add((row, message, terms ?? []));
        _characters += characters;
        _terms += count;
    }

    private void Write()
    {
        var isFirst = !IsBegun;
        IsBegun = true;
        database.WriteAsync(Owner.Importing, db => StoreAsync(db, isFirst)).GetAwaiter().GetResult();
        _slice.Clear();
        (_characters, _terms) = (0, 0);
    }

    private async Task<bool> StoreAsync(ChatDbContext db, bool isFirst)
    {
        if (isFirst)
            await db.InsertAsync(conversation);
        foreach (var (row, message, terms) in _slice)
        {
            await db.InsertAsync(row);
            if (message is not null)
                await db.IndexAsync(owner.Id, conversation.Id, message.Id, terms);
        }
        return true;
    }
}
