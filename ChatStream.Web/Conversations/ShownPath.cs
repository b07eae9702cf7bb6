namespace ChatStream.Web.Conversations;

/// <summary>A conversation and the path of it that was last shown, root first.</summary>
internal readonly record struct ShownPath(Conversation Conversation, IReadOnlyList<Message> Path)
{
    /// <summary>All of its messages, on the path or not.</summary>
    public required ILookup<string?, Message> ByParent { get; init; }

    /// <summary>What stands under the same parent as a message, it included, oldest first.</summary>
    public IReadOnlyList<string> SiblingsOf(Message message) => MessageTree.Siblings(ByParent, message);
}
