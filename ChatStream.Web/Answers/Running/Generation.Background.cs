using System.Text;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Responses;

namespace ChatStream.Web.Answers.Running;

/// <summary>
/// What a generation keeps for its service: the encrypted reasoning, and the position of a background answer. That changes
/// together with the text, so both are of one moment.
/// </summary>
internal sealed partial class Generation
{
    private ResponsePosition? _position;
    private string? _committedPosition;
    private bool _isTakenOver; // another process began it
    private string? _encryptedReasoning;

    /// <summary>Where the answer goes on at its service; null: it does not go on there.</summary>
    public ResponsePosition? Position
    {
        get
        {
            lock (Frames.Gate)
                return _position;
        }
    }

    /// <summary>
    /// The span of the generation that began the answer, as W3C's <c>traceparent</c>; null: none is recorded. A process that
    /// takes the answer over goes on with its trace.
    /// </summary>
    public string? Trace { get; set; }

    /// <summary>Whether readers see its frames only once these are stored.</summary>
    public bool HoldsBack => _holdsBack;

    /// <summary>Notes the encrypted reasoning, which the next request carries back.</summary>
    public void KeepReasoning(string encrypted)
    {
        lock (Frames.Gate)
        {
            if (_end is null)
                _encryptedReasoning = Storable(encrypted);
        }
    }

    /// <summary>Notes the first position, which comes before any text.</summary>
    public void GoesOnAfter(ResponsePosition position)
    {
        lock (Frames.Gate)
        {
            if (_end is null)
                _position = position;
        }
    }

    /// <summary>
    /// Begins with the frames that another process has stored, instead of <see cref="Begin"/>. They have the numbers that they
    /// had, so its readers go on here.
    /// </summary>
    /// <param name="start">Frame 0.</param>
    /// <param name="kept">Has an outline, and a position or an open question.</param>
    public void TakeOver(StartPayload start, KeptAnswer kept)
    {
        _start = start;
        (Continues, Trace) = (kept.Continues, kept.ResumeAt?.Trace);
        Frames.Append("start"u8, start, WireJson.Wire.StartPayload, withRetry: true);
        var outline = kept.Frames!;
        var upToCalls = FrameOutline.AppendTo(
            Frames, outline[..FrameOutline.EndOfCalls(outline)], kept.Text, kept.Reasoning, kept.Tools);
        var counted = Frames.Bytes; // what the service counted is stored with a call
        FrameOutline.AppendTo(Frames, outline, kept.Text, kept.Reasoning, kept.Tools, seen: upToCalls);
        Frames.ShowAll(); // all of it is stored
        lock (Frames.Gate)
        {
            (_position, _committedPosition, _isTakenOver) = (kept.ResumeAt, kept.ResumeAt?.ToString(), true);
            (_tools, ToolTokens) = (kept.Tools.Count == 0 ? null : [.. kept.Tools], kept.ToolTokens);
            if (kept.Usage is { } told)
                (_usage, _usageEnd, _earlierUsage) = (told, counted, kept.ResumeAt is null ? null : told);
            _questions = kept.Tools.Where(call => call.State == ToolState.Asked)
                .ToDictionary(call => call.Id, _ => new ToolQuestion(), StringComparer.Ordinal);
            _outline!.Append(outline);
            (_phase, _isFallback) = FrameOutline.LastPhaseOf(outline) ?? (Phase.Analyzing, false);
            _hasReasoning = kept.Reasoning is not null;
            _size = Encoding.UTF8.GetByteCount(kept.Text) + Encoding.UTF8.GetByteCount(kept.Reasoning ?? "");
            (_committed, _committedOutline, _committedCharacters) = (Frames.Bytes, _outline.Length, kept.Text.Length);
            _parts = kept.NextPart;
            if (_outline.Length == 0 && _end is null)
                AppendPhase(Phase.Analyzing);
        }
        _begun.SetResult();
    }
}
