using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>The parts of one answer that the journal has.</summary>
internal sealed class RecoveredText
{
    private readonly SortedList<int, CheckpointPart> _parts = [];

    public string Text => string.Concat(_parts.Values.Select(part => part.Text));

    /// <summary>Null if there was none.</summary>
    public string? Reasoning =>
        string.Concat(_parts.Values.Select(part => part.Reasoning)) is { Length: > 0 } reasoning ? reasoning : null;

    /// <summary>
    /// Adds a part. A duplicate number means that an earlier commit succeeded but its acknowledgement was lost. All with one
    /// number start with the same text. The longest has all of it, in whichever order they were committed.
    /// </summary>
    public void Add(CheckpointPart part)
    {
        if (!_parts.TryGetValue(part.Number, out var known) || Length(part) >= Length(known))
            _parts[part.Number] = part;
    }

    /// <summary>The outline of the frames, as <see cref="FrameOutline"/> writes it; empty where none was kept.</summary>
    public string Frames => string.Concat(_parts.Values.Select(part => part.Frames));

    public void AppendTo(Message message) => (message.Text, message.Reasoning) = (message.Text + Text, Reasoning);

    private static int Length(CheckpointPart part) => part.Text.Length + (part.Reasoning?.Length ?? 0);
}
