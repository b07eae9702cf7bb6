using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>Temporary conversations expire <c>Conversations:TemporaryFor</c> after their last answer.</summary>
internal sealed class TemporaryConversations(
    IChatDatabase database, Removal removal, IOptions<ConversationOptions> options, TimeProvider time,
    ILogger<TemporaryConversations> logger) : ExpiringConversations(database, removal, time, logger)
{
    protected override IQueryable<Conversation> Expired(ChatDbContext db, DateTimeOffset now)
    {
        var before = now - options.Value.TemporaryFor;
        return db.Conversations.IgnoreQueryFilters().Where(c =>
            c.IsTemporary && c.UpdatedAt < before && c.OwnerId != Owner.Removed.Id
            && !db.Messages.Any(m => m.ConversationId == c.Id && m.Role == MessageRole.Assistant && m.FinishReason == null));
    }
}
