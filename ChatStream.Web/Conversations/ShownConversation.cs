using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>A conversation as the page shows it: the path last shown, and the places of all other messages.</summary>
/// <param name="Conversation">Its row.</param>
/// <param name="Path">The path last shown, root first.</param>
/// <param name="Places">Those of all its messages, in no order.</param>
public sealed record ShownConversation(
    Conversation Conversation, IReadOnlyList<Message> Path, IReadOnlyCollection<MessagePlace> Places)
{
    private readonly ILookup<string?, MessagePlace> _byParent = Places.ToLookup(place => place.ParentId);

    /// <summary>What its folder says; null: nothing.</summary>
    internal FolderInstructions? Folder { get; init; }

    /// <summary>All summaries of the conversation, oldest first.</summary>
    public IReadOnlyList<PathSummary> Summaries { get; init; } = [];

    /// <summary>The files of each message, by its id.</summary>
    public ILookup<string, FileEntry> Files { get; init; } = MessageFileList.None;

    /// <summary>
    /// The path in turns: a message of the user, or an answer with its continuations. The texts of a turn, one after the other,
    /// are one text.
    /// </summary>
    public IEnumerable<IReadOnlyList<Message>> Turns
    {
        get
        {
            for (int at = 0, next; at < Path.Count; at = next)
            {
                next = at + 1;
                while (next < Path.Count && Path[at].Role == MessageRole.Assistant && Path[next].Role == MessageRole.Assistant)
                    next++;
                yield return [.. Path.Skip(at).Take(next - at)];
            }
        }
    }

    /// <summary>
    /// The ids of a message and its siblings, oldest first. They may differ in role: the continuation of an answer is a sibling
    /// of the message that was sent after that answer.
    /// </summary>
    public IReadOnlyList<string> SiblingsOf(Message message) =>
        [.. _byParent[message.ParentId].OrderBy(place => place.CreatedAt).ThenBy(place => place.Id, StringComparer.Ordinal)
            .Select(place => place.Id)];
}
