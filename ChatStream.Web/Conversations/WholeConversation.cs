using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>A conversation and all its messages, in no order.</summary>
public sealed record WholeConversation(Conversation Conversation, IReadOnlyCollection<Message> Messages)
{
    public IReadOnlyList<PathSummary> Summaries { get; init; } = [];

    /// <summary>The files of each message, by its id.</summary>
    public ILookup<string, FileEntry> Files { get; init; } = MessageFileList.None;

    /// <summary>As the contract has it.</summary>
    public ConversationTree ToTree() => new()
    {
        Id = Conversation.Id,
        Title = Conversation.Title,
        Temporary = Conversation.IsTemporary ? true : null,
        LeafId = Conversation.LeafId,
        CreatedAt = Conversation.CreatedAt,
        UpdatedAt = Conversation.UpdatedAt,
        Preset = Conversation.Preset,
        Effort = Conversation.Effort,
        Verbosity = Conversation.Verbosity,
        SystemPrompt = Conversation.SystemPrompt,
        Messages = [.. MessageTree.ParentsFirst(Messages).Select(message => MessageTree.ToNode(message, Files[message.Id]))],
        Summaries = Summaries.Count > 0 ? [.. Summaries.Select(SummaryStore.ToNode)] : null,
    };
}
