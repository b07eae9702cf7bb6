using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>A conversation and all its messages, in no order.</summary>
public sealed record WholeConversation(Conversation Conversation, IReadOnlyCollection<Message> Messages)
{
    private readonly ILookup<string?, Message> _byParent = Messages.ToLookup(message => message.ParentId);

    /// <summary>The path last shown, root first.</summary>
    public IReadOnlyList<Message> ShownPath =>
        MessageTree.PathTo(Messages.ToDictionary(message => message.Id), Conversation.LeafId);

    /// <summary>The messages that have the same parent as this one, itself included, oldest first.</summary>
    public IReadOnlyList<string> SiblingsOf(Message message) => MessageTree.Siblings(_byParent, message);

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
