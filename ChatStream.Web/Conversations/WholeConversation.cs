using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>A conversation and all its messages, in no order.</summary>
public sealed record WholeConversation(Conversation Conversation, IReadOnlyCollection<Message> Messages)
{
    /// <summary>The folder that it stands in; null: none.</summary>
    public FolderEntry? Folder { get; init; }

    public IReadOnlyList<PathSummary> Summaries { get; init; } = [];

    /// <summary>The files of each message, by its id.</summary>
    public ILookup<string, FileEntry> Files { get; init; } = MessageFileList.None;

    /// <summary>As the contract has it.</summary>
    public ConversationTree ToTree() => new()
    {
        Id = Conversation.Id,
        Title = Conversation.Title,
        Temporary = Conversation.IsTemporary ? true : null,
        Folder = Folder is null ? null : new FolderNode
        {
            Id = Folder.Id,
            Name = Folder.Name,
            Colour = Folder.Colour,
            Instructions = Folder.Instructions,
        },
        Pinned = Conversation.IsPinned ? true : null,
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
