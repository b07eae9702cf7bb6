using System.Text;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Running;

/// <summary>
/// What a generation keeps of its calls of tools. A change of a call is stored first, then told by a frame. While calls are open
/// nothing else enters the log, so all that readers have seen is stored, and another process can go on from there.
/// </summary>
internal sealed partial class Generation
{
    private const string Break = "\n\n"; // between the texts of two rounds

    private readonly bool _holdsBack;
    private List<ToolCall>? _tools; // in order; null: none was asked for
    private Dictionary<string, ToolQuestion>? _questions;
    private UsagePayload? _earlierUsage; // of the rounds before
    private bool _asksAgain; // nothing has come of the last request, which is not the first
    private bool _breaksText;
    private bool _breaksReasoning;

    /// <summary>Whether earlier answers of its conversation have called tools.</summary>
    public bool HasToolHistory { get; set; }

    /// <summary>Whether it may call tools.</summary>
    public bool MayCall { get; private init; }

    /// <summary>Tokens of its calls and their results.</summary>
    public int ToolTokens { get; private set; }

    /// <summary>Tokens of its first request.</summary>
    public long FirstSentTokens { get; private set; }

    /// <summary>Its calls as they are stored, in order.</summary>
    public IReadOnlyList<ToolCall> Tools
    {
        get
        {
            lock (Frames.Gate)
                return _tools is null ? [] : [.. _tools];
        }
    }

    /// <summary>Whether a call waits for the user.</summary>
    public bool HasOpenQuestion => Tools.Any(call => call.State == ToolState.Asked);

    /// <summary>The encrypted reasoning of the last request.</summary>
    public string? EncryptedReasoning
    {
        get
        {
            lock (Frames.Gate)
                return _encryptedReasoning;
        }
    }

    /// <summary>The text so far.</summary>
    public string TextSoFar()
    {
        lock (Frames.Gate)
            return TextBetween(0, Frames.Bytes).Text;
    }

    /// <summary>The reasoning as it has come so far.</summary>
    public string ReasoningSoFar()
    {
        lock (Frames.Gate)
            return TextBetween(0, Frames.Bytes).Reasoning ?? "";
    }

    /// <summary>The question of a call; null: nobody was asked since this process runs the answer.</summary>
    public ToolQuestion? QuestionOf(string callId)
    {
        lock (Frames.Gate)
            return _questions?.GetValueOrDefault(callId);
    }

    /// <summary>What has to be stored before changes of calls are told.</summary>
    public SoFar Before(IReadOnlyList<ToolCall> changes)
    {
        lock (Frames.Gate)
        {
            var (text, reasoning) = TextBetween(0, Frames.Bytes);
            var outline = new StringBuilder().Append(_outline);
            foreach (var change in changes)
                outline.AddTool(change.State, change.Number);
            return new SoFar(text, reasoning, (_holdsBack ? "" : FrameOutline.OnlyForQuestions) + outline, _parts + 1)
            {
                Usage = _usage,
            };
        }
    }

    /// <summary>Tells changes of calls, which are stored with all that was streamed before.</summary>
    /// <param name="changes">In the order of <see cref="Before"/>.</param>
    /// <param name="stored">What was stored.</param>
    /// <param name="tokens">Tokens that the changes add.</param>
    /// <returns>False: the generation has ended meanwhile.</returns>
    public bool Tell(IReadOnlyList<ToolCall> changes, SoFar stored, int tokens)
    {
        bool fits;
        lock (Frames.Gate)
        {
            if (_end is not null)
                return false;
            var isCounted = _usage is not null && _usageEnd == Frames.Bytes;
            _tools ??= [];
            foreach (var change in changes)
            {
                if (change.Number > _tools.Count)
                    _tools.Add(change);
                else
                    _tools[change.Number - 1] = change;
                if (change.State == ToolState.Asked)
                    (_questions ??= []).TryAdd(change.Id, new ToolQuestion());
                if (change.State == ToolState.Running)
                    _phase = Phase.UsingTool;
                FrameOutline.AppendTool(Frames, change, change.State);
                _outline!.AddTool(change.State, change.Number);
                _size += Encoding.UTF8.GetByteCount(change.IsOver ? change.Result ?? "" : change.Arguments);
            }
            ToolTokens += tokens;
            (_committed, _committedOutline, _committedPosition) = (Frames.Bytes, _outline!.Length, null);
            (_parts, _position) = (Math.Max(_parts, stored.NextPart), null);
            if (isCounted)
                _usageEnd = Frames.Bytes; // calls and results are counted with the next request
            Frames.Show(Frames.Count, Frames.Bytes);
            fits = _size <= LargestAnswer;
        }
        Frames.Flush();
        if (!fits)
            TryEnd(FinishReason.Failed, TooLong);
        return fits;
    }

    /// <summary>Notes that the model is asked once more, with the results of its calls.</summary>
    /// <param name="tokens">Of all that is sent to it.</param>
    public void AskAgainWith(long tokens)
    {
        lock (Frames.Gate)
        {
            if (_end is not null)
                return;
            (_earlierUsage, _asksAgain, _encryptedReasoning) = (_usage, true, null);
            _sentTokens = _usage is null ? _sentTokens.GetValueOrDefault() + tokens : tokens;
            (_breaksText, _breaksReasoning) = (_firstTextAt is not null || _committedCharacters > 0, _hasReasoning);
            AppendPhase(Phase.Analyzing);
        }
        Frames.Flush();
    }

    /// <summary>
    /// Leaves an answer with an open question without an end, because the app stops. Another process goes on with it.
    /// </summary>
    /// <returns>False: it has no open question, or has ended.</returns>
    public bool TryLeave()
    {
        var end = new GenerationEnd(FinishReason.Interrupted) { IsLeft = true };
        lock (Frames.Gate)
        {
            if (_end is not null || _tools?.Exists(call => call.State == ToolState.Asked) != true)
                return false;
            _end = end;
        }
        try
        {
            _cancel.Cancel();
        }
        finally
        {
            _ended.SetResult(end);
        }
        return true;
    }

    /// <summary>Ends the responses of its readers, who then come back to the process that goes on with it.</summary>
    public void Leave()
    {
        Frames.ReadToEnd = null; // it was not
        Frames.Complete();
        _closed.SetResult();
    }

    private string AfterBreak(Phase phase, string text)
    {
        ref var breaks = ref phase == Phase.Writing ? ref _breaksText : ref _breaksReasoning;
        if (!breaks || text.Length == 0)
            return text;
        breaks = false;
        return Break + text;
    }

    private static UsagePayload Sum(UsagePayload earlier, UsagePayload last) => last with
    {
        InputTokens = earlier.InputTokens + last.InputTokens,
        OutputTokens = earlier.OutputTokens + last.OutputTokens,
        ReasoningTokens = Sum(earlier.ReasoningTokens, last.ReasoningTokens),
        CachedTokens = Sum(earlier.CachedTokens, last.CachedTokens),
        Estimated = earlier.Estimated ?? last.Estimated,
    };

    private static long? Sum(long? one, long? other) => one is null && other is null ? null : (one ?? 0) + (other ?? 0);

    /// <summary>What was streamed, as it is stored with a change of a call.</summary>
    /// <param name="Text">The whole text.</param>
    /// <param name="Reasoning">The whole reasoning; null if there was none.</param>
    /// <param name="Outline">The outline of the frames, those of the change included.</param>
    /// <param name="NextPart">The number of the next part of the checkpoints; those before add nothing.</param>
    internal sealed record SoFar(string Text, string? Reasoning, string Outline, int NextPart)
    {
        /// <summary>What the service has counted so far; null: it has said nothing.</summary>
        public UsagePayload? Usage { get; init; }
    }
}
