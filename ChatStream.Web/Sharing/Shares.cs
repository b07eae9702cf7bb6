using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Sharing;

internal sealed class Shares(
    IChatDatabase database, IConversationLibrary library, LongReads reads, IOptions<SharingOptions> options, TimeProvider time)
    : ISharing
{
    /// <summary>An expiry that is nearer would be over when the address has been passed on.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    // Of the messages it needs the ids of the path only. What tools gave an answer is not shared.
    private const string FileOnPath = """
        WITH RECURSIVE path("Id", "ParentId", "Role") AS (
            SELECT l."Id", l."ParentId", l."Role" FROM "Messages" AS l WHERE l."Id" = @leaf AND l."OwnerId" = @owner
            UNION ALL
            SELECT p."Id", p."ParentId", p."Role" FROM "Messages" AS p JOIN path ON p."Id" = path."ParentId"
            WHERE p."OwnerId" = @owner)
        SELECT 1 FROM "MessageFiles" AS f JOIN "Conversations" AS c ON c."Id" = f."ConversationId"
        WHERE f."FileId" = @file AND f."ConversationId" = @conversation AND f."OwnerId" = @owner AND c."OwnerId" = @owner
            AND f."MessageId" IN (SELECT path."Id" FROM path WHERE path."Role" = 'User')
        LIMIT 1
        """;

    /// <inheritdoc/>
    public ShareReaders Readers => options.Value.Who;

    private bool IsOpen => Readers != ShareReaders.Off;

    private TimeSpan ExpireAfter =>
        options.Value.ExpireAfter < options.Value.LongestFor ? options.Value.ExpireAfter : options.Value.LongestFor;

    /// <inheritdoc/>
    public async Task<(string Token, ShareEntry Share)?> ShareAsync(
        Owner owner, string conversationId, ShareRequest request, CancellationToken cancellationToken)
    {
        if (!IsOpen)
            throw new RefusedException(403, null, "Nothing is shared here.", "sharing_off");
        var now = time.GetUtcNow();
        var expires = Expiry(request.Expires, now);
        if (await library.FindShownAsync(owner, conversationId, cancellationToken) is not { } shown)
            return null;
        var path = Ended(shown.Path);
        Check(shown.Conversation, path);
        var token = ShareToken.New();
        var share = new Share
        {
            ConversationId = conversationId,
            OwnerId = owner.Id,
            TokenHash = ShareToken.HashOf(token)!,
            LeafId = path[^1].Id,
            Title = shown.Conversation.Title,
            HasReasoning = request.Reasoning == true,
            HasFiles = request.Files == true,
            CreatedAt = now,
            ExpiresAt = expires,
        };
        return await database.WriteAsync(owner, db => StoreAsync(db, share)) ? (token, EntryOf(share)) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(Owner owner, string conversationId)
    {
        var now = time.GetUtcNow();
        return await database.WriteAsync(owner, async db =>
        {
            var wasShown = await db.Shares.AnyAsync(s => s.ConversationId == conversationId && s.ExpiresAt > now);
            await db.Shares.Where(s => s.ConversationId == conversationId).ExecuteDeleteAsync(CancellationToken.None);
            return wasShown;
        });
    }

    /// <inheritdoc/>
    public async Task<ShareList> ListAsync(Owner owner, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = database.ReadAs(owner);
        // A conversation that was deleted has no owner, and its rows are removed a little later.
        var shares = await db.Shares.Where(s => s.ExpiresAt > now && db.Conversations.Any(c => c.Id == s.ConversationId))
            .OrderByDescending(s => s.CreatedAt).ThenBy(s => s.ConversationId).ToListAsync(cancellationToken);
        return new ShareList([.. shares.Select(EntryOf)], Readers, WholeDays(ExpireAfter), WholeDays(options.Value.LongestFor));
    }

    /// <inheritdoc/>
    public async Task<SharedConversation?> FindAsync(string token, CancellationToken cancellationToken)
    {
        // One reading of it at a time: many readers of a share hold up one another, and not its owner.
        return await FindShareAsync(token, cancellationToken) is not { } share ? null : await reads.RunAsync(
            new Owner($"share:{share.TokenHash}"), () => ReadAsync(share, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Owner?> FindFileAsync(string token, string fileId, CancellationToken cancellationToken)
    {
        if (await FindShareAsync(token, cancellationToken) is not { HasFiles: true } share)
            return null;
        var owner = new Owner(share.OwnerId);
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        return await db.Command(FileOnPath).With("@file", fileId).With("@conversation", share.ConversationId)
            .With("@leaf", share.LeafId).ExecuteScalarAsync(cancellationToken) is null ? null : owner;
    }

    private async Task<Share?> FindShareAsync(string token, CancellationToken cancellationToken)
    {
        if (!IsOpen || ShareToken.HashOf(token) is not { } hash)
            return null;
        var now = time.GetUtcNow();
        await using var all = database.ReadAs(default);
        return await all.Shares.IgnoreQueryFilters()
            .FirstOrDefaultAsync(s => s.TokenHash == hash && s.ExpiresAt > now, cancellationToken);
    }

    // From here on everything is read as its owner sees it: what is not the owner's any more is not found.
    private async Task<SharedConversation?> ReadAsync(Share share, CancellationToken cancellationToken)
    {
        var owner = new Owner(share.OwnerId);
        await using var db = database.ReadAs(owner);
        if (await db.Conversations.FirstOrDefaultAsync(c => c.Id == share.ConversationId, cancellationToken)
            is not { } conversation)
            return null;
        var path = await MessageTree.PathToAsync(db, share.LeafId, cancellationToken);
        if (path.Count == 0)
            return null;
        if (!share.HasReasoning)
            path.ForEach(message => message.Reasoning = null);
        var files = share.HasFiles
            ? OfUsers(await MessageFileList.ReadAsync(db, share.ConversationId, cancellationToken), path)
            : MessageFileList.None;
        return new SharedConversation(
            owner, EntryOf(share), [.. new ShownConversation(conversation, path, []).Turns], files);
    }

    /// <summary>Results of tools are not shared, and nor are their images.</summary>
    private static ILookup<string, FileEntry> OfUsers(ILookup<string, FileEntry> files, IEnumerable<Message> path) =>
        path.Where(message => message.Role == MessageRole.User)
            .SelectMany(message => files[message.Id].Select(file => (message.Id, file)))
            .ToLookup(file => file.Id, file => file.file);

    private async Task<bool> StoreAsync(ChatDbContext db, Share share)
    {
        await db.LockOwnerAsync(new Owner(share.OwnerId));
        // Locks the row, so that one share of it is stored. A conversation that has been deleted meanwhile is not found.
        if (await db.Conversations.Where(c => c.Id == share.ConversationId)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.LeafId, x => x.LeafId)) == 0)
            return false;
        await db.Shares.Where(s => s.ConversationId == share.ConversationId || s.ExpiresAt <= share.CreatedAt)
            .ExecuteDeleteAsync(CancellationToken.None);
        var most = options.Value.MostPerUser;
        if (await db.Shares.CountAsync() >= most)
        {
            throw new RefusedException(
                409, null, $"At most {most} conversations are shared at a time. End one of them first.", "too_many_shares", most);
        }
        db.Shares.Add(share);
        await db.SaveChangesAsync();
        return true;
    }

    private DateTimeOffset Expiry(DateTimeOffset? chosen, DateTimeOffset now)
    {
        var longest = now + options.Value.LongestFor;
        if (chosen is not { } expires)
            return now + ExpireAfter;
        if (expires < now + Shortest)
            throw new RefusedException(400, "expires", "A share must end later than a minute from now.", "share_expiry");
        // A day more: the date that a user chooses may be one of another time zone.
        if (expires > longest + TimeSpan.FromDays(1))
        {
            throw new RefusedException(
                400, "expires", $"A share ends at the latest at {longest:O}.", "share_too_long",
                (long)options.Value.LongestFor.TotalDays);
        }
        return expires.ToUniversalTime();
    }

    private static int WholeDays(TimeSpan time) => Math.Max(1, (int)time.TotalDays);

    private static List<Message> Ended(IReadOnlyList<Message> path) => [.. path.TakeWhile(message => !message.IsRunning)];

    private void Check(Conversation conversation, List<Message> path)
    {
        if (conversation.IsTemporary)
            throw new RefusedException(409, "id", "A temporary conversation is not shared.", "temporary");
        if (path.Count == 0)
            throw new RefusedException(409, "id", "There is nothing to share yet.", "nothing_to_share");
        var bytes = path.Sum(message =>
            (long)Encoding.UTF8.GetByteCount(message.Text) + Encoding.UTF8.GetByteCount(message.Reasoning ?? ""));
        if (bytes > options.Value.MostBytes)
        {
            throw new RefusedException(
                409, "id", $"The conversation has {bytes} bytes of text. At most {options.Value.MostBytes} are shared.",
                "share_too_large");
        }
    }

    private static ShareEntry EntryOf(Share share) => new(
        share.ConversationId, share.Title, share.CreatedAt, share.ExpiresAt, share.HasReasoning, share.HasFiles);
}
