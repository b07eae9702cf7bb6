using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>The parts of one answer that the journal has.</summary>
internal sealed class RecoveredText
{
    private readonly SortedList<int, CheckpointPart> _parts = [];

    /// <summary>
    /// Adds a part. A duplicate number means that an earlier commit succeeded but its acknowledgement was lost. The retry starts
    /// with the same text and may be longer, so the newer part replaces the older one.
    /// </summary>
    public void Add(CheckpointPart part) => _parts[part.Number] = part;

    public void AppendTo(Message message)
    {
        message.Text += string.Concat(_parts.Values.Select(part => part.Text));
        message.Reasoning = string.Concat(_parts.Values.Select(part => part.Reasoning)) is { Length: > 0 } reasoning
            ? reasoning : null;
        if (message.Frames is not null)
            message.Frames += string.Concat(_parts.Values.Select(part => part.Frames));
    }
}
