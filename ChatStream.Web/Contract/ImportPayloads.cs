using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>What came of an import that was not one export of ChatStream.</summary>
/// <param name="Conversations">Those that were stored, in their order.</param>
/// <param name="Left">What was left out; empty: nothing.</param>
public sealed record ImportReport(IReadOnlyList<ImportedConversation> Conversations, IReadOnlyList<ImportRemark> Left)
{
    /// <summary>Whether the body was one export of ChatStream.</summary>
    [JsonIgnore]
    internal bool IsOwn { get; init; }
}

/// <summary>A conversation that was stored by an import.</summary>
public sealed record ImportedConversation(string Id, string Title);

/// <summary>Something that an import left out.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">What the file calls it, at most 40 characters; absent: there is one kind only.</param>
/// <param name="Count">How many there were.</param>
public sealed record ImportRemark(ImportRemarkKind Kind, string? Name, int Count);

/// <summary>What an import can leave out.</summary>
public enum ImportRemarkKind
{
    /// <summary>An image: the file has only its name.</summary>
    [JsonStringEnumMemberName("image")] Image,

    /// <summary>An attached file, or a recording.</summary>
    [JsonStringEnumMemberName("file")] File,

    /// <summary>A call of a tool that no answer follows, or that says of no tool.</summary>
    [JsonStringEnumMemberName("tool_call")] ToolCall,

    /// <summary>A message that the other program did not show, such as a system message.</summary>
    [JsonStringEnumMemberName("hidden")] Hidden,

    /// <summary>A message whose author is neither the user nor a model.</summary>
    [JsonStringEnumMemberName("unknown_role")] UnknownRole,

    /// <summary>A part of a message of a kind that is not known.</summary>
    [JsonStringEnumMemberName("unknown_part")] UnknownPart,

    /// <summary>A message whose parent is not there. It was stored as a beginning.</summary>
    [JsonStringEnumMemberName("missing_parent")] MissingParent,

    /// <summary>A message that is its own ancestor.</summary>
    [JsonStringEnumMemberName("cycle")] Cycle,

    /// <summary>A message with the id of another one.</summary>
    [JsonStringEnumMemberName("duplicate_id")] DuplicateId,

    /// <summary>A conversation without a message, or one that could not be read.</summary>
    [JsonStringEnumMemberName("conversation")] Conversation,

    /// <summary>A conversation that is too large.</summary>
    [JsonStringEnumMemberName("too_large")] TooLarge,

    /// <summary>A member of an export of ChatStream that this version does not know.</summary>
    [JsonStringEnumMemberName("member")] Member,
}
