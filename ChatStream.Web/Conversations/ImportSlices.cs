using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Stores an import in slices, each a write of its own, so that other writes come between them. The owner sees the conversation
/// with the last slice. The methods block: an import has a thread of its own.
/// </summary>
internal sealed class ImportSlices(IChatDatabase database, Owner owner, Conversation conversation)
{
    // What a slice has at most, unless it is one message. Terms cost the most: 5,000 that no text had yet take about 10 ms.
    private const int MostMessages = 100;
    private const int MostCharacters = 64 * 1024;
    private const int MostTerms = 5_000;

    private const string GiveToOwner = """
        UPDATE "Conversations" SET "OwnerId" = @of, "FolderId" = (CASE WHEN @folder = 'archive' THEN 'archive'
                ELSE (SELECT f."Id" FROM "Folders" AS f WHERE f."Id" = @folder AND f."OwnerId" = @of) END),
            "IsPinned" = @pinned AND @mostPinned > (SELECT COUNT(*) FROM "Conversations" AS p
                WHERE p."OwnerId" = @of AND p."IsPinned")
        WHERE "Id" = @conversation AND "OwnerId" = @owner
        """;

    private readonly List<(Message Message, IReadOnlyCollection<string> Terms, IReadOnlyList<MessageFile> Files)> _slice = [];
    private int _characters;
    private int _terms;
    private string? _folderId;
    private bool _isPinned;

    /// <summary>Whether a write was begun, so that there may be rows.</summary>
    public bool IsBegun { get; private set; }

    /// <exception cref="StorageException">The database did not take a slice.</exception>
    public void Add(Message message, IReadOnlyCollection<string> terms, IReadOnlyList<MessageFile> files)
    {
        var characters = CharactersOf(message);
        if (_slice.Count > 0 && (_slice.Count == MostMessages || _characters + characters > MostCharacters
            || _terms + terms.Count > MostTerms))
            Write(titleTerms: null, []);
        _slice.Add((message, terms, files));
        _characters += characters;
        _terms += terms.Count;
    }

    /// <summary>Stores what is left, and gives the conversation to its owner.</summary>
    /// <exception cref="StorageException">The database did not take it.</exception>
    /// <param name="summaries">Those of the conversation.</param>
    /// <param name="folderId">The owner's folder; null: none.</param>
    /// <param name="isPinned">Whether it stands before all others, if there is room.</param>
    public void Finish(IReadOnlyList<PathSummary> summaries, string? folderId = null, bool isPinned = false)
    {
        (_folderId, _isPinned) = (folderId, isPinned);
        // In writes of their own, as few as they are.
        if (summaries.Count > 0)
            Write(titleTerms: null, summaries);
        Write(SearchTerms.Of(conversation.Title), []);
    }

    private static int CharactersOf(Message message) => message.Text.Length + (message.Reasoning?.Length ?? 0)
        + message.Tools.Sum(call => call.Arguments.Length + (call.Result?.Length ?? 0))
        + (message.Model?.Length ?? 0) + (message.FailureMessage?.Length ?? 0) + (message.FailureCategories?.Length ?? 0);

    private void Write(IReadOnlyCollection<string>? titleTerms, IReadOnlyList<PathSummary> summaries)
    {
        var isFirst = !IsBegun;
        IsBegun = true;
        database.WriteAsync(Owner.Importing, db => StoreAsync(db, isFirst, titleTerms, summaries)).GetAwaiter().GetResult();
        _slice.Clear();
        (_characters, _terms) = (0, 0);
    }

    private async Task<bool> StoreAsync(
        ChatDbContext db, bool isFirst, IReadOnlyCollection<string>? titleTerms, IReadOnlyList<PathSummary> summaries)
    {
        if (isFirst)
            await db.InsertAsync(conversation);
        foreach (var (message, terms, files) in _slice)
        {
            await db.InsertAsync(message);
            foreach (var call in message.Tools)
                await db.InsertAsync(call);
            foreach (var file in files)
                await db.InsertAsync(file);
            await db.IndexAsync(owner.Id, conversation.Id, message.Id, terms);
        }
        foreach (var summary in summaries)
            await db.InsertAsync(summary);
        if (titleTerms is null)
            return false;
        await db.IndexAsync(owner.Id, conversation.Id, messageId: null, titleTerms);
        await db.Command(GiveToOwner).With("@of", owner.Id).With("@conversation", conversation.Id)
            .With("@folder", _folderId ?? "").With("@pinned", _isPinned)
            .With("@mostPinned", ConversationLibrary.MostPinned).ExecuteNonQueryAsync();
        return true;
    }
}
