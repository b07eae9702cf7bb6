using System.Collections.ObjectModel;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>A conversation as another program exported it. Nothing of it is checked.</summary>
internal sealed class ForeignConversation
{
    public string? Title { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The last message of the path that was shown.</summary>
    public string? CurrentId { get; init; }
    public bool IsArchived { get; init; }
    public bool IsPinned { get; init; }
    public string? SystemPrompt { get; init; }

    /// <summary>In no order.</summary>
    public Collection<ForeignMessage> Messages { get; } = new Nodes();

    /// <summary>
    /// More than a conversation can have of messages: some nodes are none. A file of a few megabytes may have a million of
    /// nothing.
    /// </summary>
    private sealed class Nodes : Collection<ForeignMessage>
    {
        private const int Most = 5 * ConversationImport.MostMessages;

        protected override void InsertItem(int index, ForeignMessage item)
        {
            if (Count == Most)
                throw new RefusedException(400, "messages", $"A conversation has at most {Most} nodes.");
            base.InsertItem(index, item);
        }
    }
}

/// <summary>A file of a message.</summary>
/// <param name="Pointer">What the archive finds it by.</param>
/// <param name="Name">As the user named it, or as the archive does.</param>
internal sealed record ForeignFile(string Pointer, string Name);

/// <summary>What a tool said.</summary>
/// <param name="Name">The tool's.</param>
/// <param name="Text">Its words.</param>
internal sealed record ForeignResult(string Name, string Text)
{
    /// <summary>A tool may have several functions: <c>web</c> answers <c>web.run</c>.</summary>
    public bool IsOf(ForeignCall call) => call.Name.StartsWith(Name, StringComparison.Ordinal)
        && (call.Name.Length == Name.Length || call.Name[Name.Length] == '.');
}

/// <summary>A node of its tree.</summary>
/// <param name="Id">Unique, or not.</param>
/// <param name="ParentId">Null at a root.</param>
internal sealed record ForeignMessage(string Id, string? ParentId)
{
    /// <summary>Null: it is passed over, and what follows it follows what is before it.</summary>
    public MessageRole? Role { get; init; }
    public string Text { get; init; } = "";

    /// <summary>What the archive calls the files of a question. They are taken over where the export is an archive.</summary>
    public IReadOnlyList<ForeignFile> Files { get; init; } = [];

    /// <summary>That of a message that is passed over belongs to the answer that follows.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Its calls of tools. Those of a message that is passed over belong to the answer that follows.</summary>
    public IReadOnlyList<ForeignCall> Calls { get; init; } = [];

    /// <summary>What a tool said, where that is a message of its own: the result of the call before it.</summary>
    public ForeignResult? Result { get; init; }
    public string? Model { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public FinishReason FinishReason { get; init; } = FinishReason.Completed;
}
