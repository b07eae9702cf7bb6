using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>Keeps what users think of answers.</summary>
internal sealed class FeedbackStore(IChatDatabase database, IOptions<FeedbackOptions> options, TimeProvider time) : IFeedback
{
    private const int OfPage = 1_000;

    private static readonly string Rule =
        $"A comment must have 1 to {FeedbackRequest.LongestComment} characters, without NUL.";

    /// <inheritdoc/>
    public bool IsOpen => options.Value.Enabled;

    /// <inheritdoc/>
    public async Task<FeedbackNode?> KeepAsync(Owner owner, string conversationId, string messageId, FeedbackRequest request)
    {
        if (!IsOpen)
            throw new RefusedException(403, null, "Feedback is switched off.", "feedback_off");
        var comment = request.Comment?.Trim();
        if (comment is not null && (!VisibleText.IsIn(comment) || comment.Length > FeedbackRequest.LongestComment
            || comment.Contains('\0', StringComparison.Ordinal)))
            throw new RefusedException(400, "comment", Rule, "comment_not_valid");
        var now = time.GetUtcNow();
        return await database.WriteAsync(owner, async db =>
        {
            // Locks the row, so that one feedback is stored of those that are sent at the same time.
            if (await db.Conversations.Where(c => c.Id == conversationId)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.LeafId, x => x.LeafId)) == 0)
                return null;
            var reason = await db.Messages
                .Where(m => m.Id == messageId && m.ConversationId == conversationId && m.Role == MessageRole.Assistant)
                .Select(m => new { m.FinishReason }).FirstOrDefaultAsync()
                ?? throw new RefusedException(404, "messageId", "There is no such answer in this conversation.");
            if (reason.FinishReason is null)
                throw new RefusedException(409, "messageId", "This answer is still being written.");
            var known = await db.Feedback.FirstOrDefaultAsync(f => f.MessageId == messageId);
            if (known is null)
            {
                db.Feedback.Add(known = new MessageFeedback
                {
                    MessageId = messageId,
                    ConversationId = conversationId,
                    OwnerId = owner.Id,
                    Rating = request.Rating,
                    At = now,
                });
            }
            (known.Rating, known.Reason, known.Comment, known.At) = (request.Rating, request.Reason, comment, now);
            await db.SaveChangesAsync();
            return ToNode(known);
        });
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(Owner owner, string conversationId, string messageId) => await database.WriteAsync(
        owner,
        db => db.Feedback.Where(f => f.ConversationId == conversationId && f.MessageId == messageId)
            .ExecuteDeleteAsync(CancellationToken.None)) > 0;

    /// <inheritdoc/>
    public async Task<FeedbackPage> ReadAllAsync(string? before, CancellationToken cancellationToken)
    {
        var (at, id) = PlaceOf(before);
        await using var db = database.ReadAs(default);
#pragma warning disable CA1309 // The database compares, in the order in which it sorts.
        // Of all owners. What was deleted has no owner, and its rows are removed a little later.
        var rows = await db.Feedback.IgnoreQueryFilters()
            .Where(f => (f.At < at || (f.At == at && string.Compare(f.MessageId, id) < 0))
                && db.Conversations.Any(c => c.Id == f.ConversationId && c.OwnerId == f.OwnerId))
            .OrderByDescending(f => f.At).ThenByDescending(f => f.MessageId).Take(OfPage + 1)
            .Join(db.Messages, f => f.MessageId, m => m.Id, (f, m) => new { f, m.Model, m.Deployment })
            .ToListAsync(cancellationToken);
#pragma warning restore CA1309
        var last = rows.Count > OfPage ? rows[OfPage - 1].f : null;
        return new FeedbackPage(
            [.. rows.Take(OfPage).Select(row => new FeedbackEntry(
                row.f.At, row.Model, row.Deployment, row.f.Rating, row.f.Reason, row.f.Comment))],
            last is null ? null : PlaceAfter(last));
    }

    /// <summary>Gives the messages of a conversation what their user thinks of them.</summary>
    public static async Task AddToAsync(
        ChatDbContext db, string conversationId, IReadOnlyCollection<Message> messages, CancellationToken cancellationToken)
    {
        var known = await db.Feedback.Where(f => f.ConversationId == conversationId).ToListAsync(cancellationToken);
        if (known.Count == 0)
            return;
        var byMessage = known.ToDictionary(feedback => feedback.MessageId, StringComparer.Ordinal);
        foreach (var message in messages)
            message.Feedback = byMessage.TryGetValue(message.Id, out var feedback) ? ToNode(feedback) : null;
    }

    private static FeedbackNode ToNode(MessageFeedback feedback) => new()
    {
        Rating = feedback.Rating,
        Reason = feedback.Reason,
        Comment = feedback.Comment,
        At = feedback.At,
    };

    private static string PlaceAfter(MessageFeedback last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.At.ToUnixTimeMilliseconds()}.{last.MessageId}");

    private static (DateTimeOffset At, string Id) PlaceOf(string? before)
    {
        if (before is null)
            return (DateTimeOffset.MaxValue, "");
        var parts = before.Split('.');
        return parts.Length == 2 && Ids.IsId(parts[1])
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), parts[1])
            : throw new RefusedException(400, "before", "before is the text that a page has as next.");
    }
}
