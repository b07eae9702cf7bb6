using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>The parts of one answer that the journal has.</summary>
internal sealed class RecoveredText
{
    private readonly SortedList<int, CheckpointPart> _parts = [];
    private int _skipped;

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

    /// <summary>Where a background answer goes on behind the last part; null: it is none, or there is no part.</summary>
    public string? ResumeAt => _parts.Values.LastOrDefault()?.ResumeAt;

    /// <summary>The number of the next part.</summary>
    public int NextPart => _parts.Count == 0 ? _skipped : _parts.GetKeyAtIndex(_parts.Count - 1) + 1;

    /// <summary>Leaves out the first parts, whose text the answer's row has already.</summary>
    public void Skip(int parts)
    {
        _skipped = parts;
        while (_parts.Count > 0 && _parts.GetKeyAtIndex(0) < parts)
            _parts.RemoveAt(0);
    }

    /// <summary>The outline of the frames, as <see cref="FrameOutline"/> writes it; empty where none was kept.</summary>
    public string Frames => string.Concat(_parts.Values.Select(part => part.Frames));

    public void AppendTo(Message message)
    {
        Skip(message.KeptParts);
        (message.Text, message.Reasoning) = (message.Text + Text, Joined(message.Reasoning, Reasoning));
    }

    /// <summary>A reasoning and what follows it; null if there is neither.</summary>
    public static string? Joined(string? one, string? next) => one is null ? next : one + next;

    private static int Length(CheckpointPart part) => part.Text.Length + (part.Reasoning?.Length ?? 0);
}
