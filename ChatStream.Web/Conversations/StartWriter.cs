using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Stores a start: what was asked, the answer to come, and the key under which a repeat is known again.</summary>
internal sealed class StartWriter(TokenCounter tokens, TimeProvider time)
{
    public async Task<StartOutcome> WriteAsync(ChatDbContext db, Owner owner, StartCommand command, Func<string, bool> mayRejoin)
    {
        var earlier = command.Key is { } key ? await FindAsync(db, key, CancellationToken.None) : null;
        if (earlier is not null && (!command.Key!.IsIdenticalRequest || mayRejoin(earlier.GenerationId)))
            return new StartOutcome(earlier.GenerationId, New: null);

        var (conversation, parent) = await LocateAsync(db, command.Request);
        Refuse(command.Request, parent);

        var now = time.GetUtcNow();
        var isNew = conversation is null;
        if (conversation is null)
        {
            conversation = NewConversation(owner, command, now);
            db.Conversations.Add(conversation);
        }
        if (command.Request.Message is { } text)
        {
            parent = new Message
            {
                Id = Ids.New(),
                ConversationId = conversation.Id,
                OwnerId = owner.Id,
                ParentId = parent?.Id,
                Role = MessageRole.User,
                Text = text,
                Tokens = tokens.Count(text),
                CreatedAt = now,
            };
            db.Messages.Add(parent);
        }
        db.Messages.Add(new Message
        {
            Id = command.GenerationId,
            ConversationId = conversation.Id,
            OwnerId = owner.Id,
            ParentId = parent!.Id,
            Role = MessageRole.Assistant,
            Text = "",
            Model = command.Model,
            CreatedAt = now,
        });
        conversation.LeafId = command.GenerationId;
        conversation.UpdatedAt = now;
        await StoreKeyAsync(db, owner, command, earlier?.GenerationId, now);
        await db.SaveChangesAsync();
        if (isNew)
            await db.IndexAsync(owner.Id, conversation.Id, messageId: null, conversation.Title);
        if (command.Request.Message is not null)
            await db.IndexAsync(owner.Id, conversation.Id, parent.Id, parent.Text);

        return new StartOutcome(command.GenerationId, new StartPayload(
            command.GenerationId, conversation.Id, command.GenerationId, parent.Id, command.Model, conversation.Title));
    }

    /// <summary>The start that was made under this key, while the key is kept.</summary>
    /// <exception cref="RefusedException">422: it came with another body.</exception>
    public async Task<StartKey?> FindAsync(ChatDbContext db, RepeatKey key, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - key.KeptFor;
        var found = await db.StartKeys.AsNoTracking().FirstOrDefaultAsync(k => k.Key == key.Key && k.CreatedAt > since, cancellationToken);
        if (found is not null && !found.BodyHash.AsSpan().SequenceEqual(key.BodyHash))
            throw new RefusedException(422, key.Header, "This key was used before, for a request with another body.");
        return found;
    }

    private static async Task<(Conversation? Conversation, Message? Parent)> LocateAsync(ChatDbContext db, StartRequest request)
    {
        var (conversationId, parentId) = (request.ConversationId, request.ParentId);
        Message? parent = null;
        if (parentId is not null && parentId != conversationId)
        {
            parent = await db.Messages.FirstOrDefaultAsync(m => m.Id == parentId);
            if (parent is null && conversationId is null)
                conversationId = parentId; // a conversation's own id stands for its root
            else if (parent is null || (conversationId is not null && conversationId != parent.ConversationId))
                throw new RefusedException(404, "parentId", "There is no such message in this conversation.", "unknown_message");
            else
                conversationId = parent.ConversationId;
        }
        if (conversationId is null)
            return (null, null);

        var conversation = await db.Conversations.FirstOrDefaultAsync(c => c.Id == conversationId)
            ?? throw (request.ConversationId is null
                ? new RefusedException(404, "parentId", "There is no such message or conversation.", "unknown_message")
                : new RefusedException(404, "conversationId", "There is no such conversation.", "unknown_conversation"));
        if (parentId is null)
            parent = await db.Messages.FirstOrDefaultAsync(m => m.Id == conversation.LeafId);
        return (conversation, parent);
    }

    private static void Refuse(StartRequest request, Message? parent)
    {
        if (parent is { IsRunning: true })
            throw new RefusedException(new Refusal(409, "parentId", "The answer that this would follow is still running.") { Code = "answer_running", GenerationId = parent.Id });
        if (request.Message is not null)
            return;
        if (parent is null || request.ParentId is null)
            throw new RefusedException(400, "message", "A message is needed, or the parentId of a message to answer again or to continue.", "message_empty");
        if (parent is { Role: MessageRole.Assistant, Text: "" })
            throw new RefusedException(400, "parentId", "This answer has no text to continue. Answer the message before it again instead.", "nothing_to_continue");
    }

    private static Conversation NewConversation(Owner owner, StartCommand command, DateTimeOffset now) => new()
    {
        Id = Ids.New(),
        OwnerId = owner.Id,
        Title = Titles.FirstWords(command.Request.Message ?? ""),
        HasFirstWords = true,
        LeafId = command.GenerationId,
        CreatedAt = now,
        UpdatedAt = now,
    };

    private static async Task StoreKeyAsync(ChatDbContext db, Owner owner, StartCommand command, string? replaced, DateTimeOffset now)
    {
        if (command.Key is not { } key)
            return;

        // An expired row with this key or the one that this start replaces, and with it every other that nobody will ask for
        // again. Never one that was not seen: it belongs to a start at the same time, which was first.
        var (expired, dayAgo) = (now - key.KeptFor, now - TimeSpan.FromHours(24));
        await db.StartKeys
            .Where(k => (k.Key == key.Key && (k.CreatedAt <= expired || k.GenerationId == replaced)) || k.CreatedAt < dayAgo)
            .ExecuteDeleteAsync();
        db.StartKeys.Add(new StartKey
        {
            OwnerId = owner.Id,
            Key = key.Key,
            BodyHash = key.BodyHash,
            GenerationId = command.GenerationId,
            CreatedAt = now,
        });
    }
}
