using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>A conversation and all its messages, in no order.</summary>
public sealed record WholeConversation(Conversation Conversation, IReadOnlyCollection<Message> Messages)
{
    /// <summary>As the contract has it.</summary>
    public ConversationTree ToTree() => new()
    {
        Id = Conversation.Id,
        Title = Conversation.Title,
        LeafId = Conversation.LeafId,
        CreatedAt = Conversation.CreatedAt,
        UpdatedAt = Conversation.UpdatedAt,
        Messages = [.. MessageTree.ParentsFirst(Messages).Select(MessageTree.ToNode)],
    };
}
