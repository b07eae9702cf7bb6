using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Reading;

/// <summary>The copy of a conversation, for its readers.</summary>
/// <param name="Title">The title.</param>
/// <param name="At">When it was shared.</param>
/// <param name="FilesPath">The path below which its files are.</param>
/// <param name="Messages">In their order. An answer and its continuations are one.</param>
public sealed record SharedPage(
    string Title, DateTimeOffset At, string FilesPath, IReadOnlyList<SharedMessage> Messages);

/// <summary>A message, without all that its owner did not share.</summary>
/// <param name="IsUser">Whether the user wrote it.</param>
/// <param name="Text">As it was written.</param>
/// <param name="Reasoning">What the model reasoned, part by part.</param>
/// <param name="Files">Its files.</param>
public sealed record SharedMessage(
    bool IsUser, string Text, IReadOnlyList<string> Reasoning, IReadOnlyList<FileEntry> Files);
