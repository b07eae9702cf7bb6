namespace ChatStream.Web.Conversations;

/// <summary>A conversation and the path of it that was last shown, root first.</summary>
internal sealed record ShownPath(Conversation Conversation, IReadOnlyList<ShownMessage> Messages);

/// <summary>A message of the path.</summary>
/// <param name="Message">Itself.</param>
/// <param name="Siblings">What stands under the same parent, it included, oldest first.</param>
internal sealed record ShownMessage(Message Message, IReadOnlyList<string> Siblings);
