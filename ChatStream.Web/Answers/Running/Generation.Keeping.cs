using ChatStream.Web.Answers.Keeping;

namespace ChatStream.Web.Answers.Running;

/// <summary>What of it is stored: parts while it runs, the whole at its end.</summary>
internal sealed partial class Generation
{
    private (string Text, string? Reasoning)? _readBack; // all of it, between the count and the storing
    private long _committed; // the position in the log up to which the text is in the database
    private int _committedOutline;
    private int _committedCharacters;
    private int _parts;

    /// <summary>
    /// What was streamed since the last checkpoint; null where there is nothing, or where the whole answer is about to be stored.
    /// </summary>
    public CheckpointPart? Uncommitted()
    {
        lock (Frames.Gate)
        {
            if (_end is not null)
                return null;
            var end = Frames.Bytes;
            var frames = _holdsBack ? _outline!.ToString(_committedOutline, _outline.Length - _committedOutline) : null;
            var resumeAt = _position is { } position ? (position with { Trace = Trace }).ToString() : null;
            if ((end == _committed || frames is "") && resumeAt == _committedPosition)
                return null;
            var (text, reasoning) = TextBetween(_committed, end);
            if (text.Length == 0 && reasoning is null && frames is null && resumeAt == _committedPosition)
                return null;
            return new CheckpointPart
            {
                MessageId = Id,
                Number = _parts,
                Text = text,
                Reasoning = reasoning,
                Frames = frames,
                ResumeAt = resumeAt,
                LogEnd = end,
                NextFrame = Frames.Count,
            };
        }
    }

    /// <summary>Notes that a part is in the database, and shows it to readers that have waited for that.</summary>
    /// <returns>How many characters of the text are in the database now.</returns>
    public int Committed(CheckpointPart part)
    {
        lock (Frames.Gate)
        {
            // All of it was stored with a call meanwhile.
            if (part.Number < _parts)
                return _committedCharacters;
            _parts++;
            _committed = part.LogEnd;
            _committedOutline += part.Frames?.Length ?? 0;
            _committedPosition = part.ResumeAt;
            Frames.Show(part.NextFrame, part.LogEnd);
            return _committedCharacters += part.Text.Length;
        }
    }

    /// <summary>
    /// The answer as it is stored. The number of the last frame counts the frames that <see cref="Close"/> will append.
    /// </summary>
    /// <param name="end">How it ended.</param>
    /// <param name="showsAll">False if <see cref="Close"/> will drop the frames that readers do not see yet.</param>
    public EndedAnswer ToStored(GenerationEnd end, bool showsAll = true)
    {
        lock (Frames.Gate)
        {
            var closing = 2 + (_usage is null ? 0 : 1) + (end.Failure is null ? 0 : 1);
            var (text, reasoning) = end.IsWithdrawn ? ("", null) : _readBack ?? TextBetween(0, Frames.Bytes);
            _readBack = null;
            var count = showsAll ? Frames.Count : Frames.ShownCount;
            return new EndedAnswer(Id, text, reasoning, end.Reason, end.Failure, _usage, count + closing - 1)
            {
                Frames = _holdsBack && showsAll && !end.IsWithdrawn ? _outline!.ToString() : null,
                ToolTokens = ToolTokens,
                Calls = _tools is null ? [] : [.. _tools],
                Continues = Continues,
                Model = Start.Model,
                InstanceId = InstanceId,
                FirstWord = FirstWord,
                Deployment = _deployment,
                AnsweredModel = _answeredModel,
                EncryptedReasoning = end.IsWithdrawn ? null : _encryptedReasoning,
                FirstOutputAt = _firstOutputAt,
                FirstTextAt = _firstTextAt,
            };
        }
    }

    private (string Text, string? Reasoning) TextBetween(long from, long to)
    {
        var reasoning = _hasReasoning ? Frames.ReadText(ReasoningEvent, from, to) : "";
        return (Frames.ReadText(default, from, to), reasoning.Length == 0 ? null : reasoning);
    }
}
