using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>What is in the <see cref="Wastebasket"/> expires <c>Conversations:RestoreFor</c> after it was deleted.</summary>
internal sealed class DeletedConversations(
    IChatDatabase database, Removal removal, IOptions<ConversationOptions> options, TimeProvider time,
    ILogger<DeletedConversations> logger) : ExpiringConversations(database, removal, time, logger)
{
    protected override IQueryable<Conversation> Expired(ChatDbContext db, DateTimeOffset now)
    {
        var before = now - options.Value.RestoreFor;
        return db.Conversations.IgnoreQueryFilters()
            .Where(c => c.DeletedAt != null && c.DeletedAt < before && c.OwnerId != Owner.Removed.Id);
    }
}
