using System.Buffers;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Generations;

/// <summary>How a generation ended.</summary>
internal sealed record GenerationEnd(FinishReason Reason, FailurePayload? Failure = null);

/// <summary>
/// One answer while it is made: its log, which is also its text so far, its token, and its one end. It belongs to no request.
/// Whoever ends it first decides how it ended; from then on no text enters the log.
/// </summary>
internal sealed class Generation : IDisposable
{
    private static ReadOnlySpan<byte> ReasoningEvent => "reasoning"u8;

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<GenerationEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StartPayload? _start;
    private bool _hasReasoning;
    private Phase _phase = Phase.Analyzing;
    private DateTimeOffset? _firstOutputAt;
    private DateTimeOffset? _firstTextAt;
    private UsagePayload? _usage;
    private GenerationEnd? _end;
    private long _committed; // up to where in the log
    private int _committedCharacters;
    private int _pieces;

    public Generation(string id, Owner owner, MemoryPool<byte> memory, TimeProvider time)
    {
        (Id, Owner, _time) = (id, owner, time);
        Log = new FrameLog($"{id}.", memory);
        Token = _cancel.Token;
    }

    public string Id { get; }
    public Owner Owner { get; }
    public FrameLog Log { get; }

    /// <summary>The generation's own: it ends when the generation does, and knows nothing of readers.</summary>
    public CancellationToken Token { get; }

    /// <summary>Nobody need read it: whoever started it was promised to find it later.</summary>
    public bool IsKeptUnread { get; set; }

    /// <summary>No checkpoint before this one has a piece of it; null: none has. Only <see cref="Checkpoints"/> knows.</summary>
    public long? FirstCheckpoint { get; set; }

    /// <summary>Frame 0, once the message is stored.</summary>
    public StartPayload Start => _start ?? throw new InvalidOperationException("The generation has not begun.");

    /// <summary>Completes when frame 0 is in the log.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Completes when the end is recorded; its last frames and its stored form follow.</summary>
    public Task<GenerationEnd> Ended => _ended.Task;

    /// <summary>Completes when <c>finish</c> and <c>stop</c> are in the log and the answer is stored.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Appends frame 0 and says that nothing has been received yet.</summary>
    public void Begin(StartPayload start)
    {
        _start = start;
        Log.Append("start"u8, start, WireJson.Wire.StartPayload, withRetry: true);
        lock (Log.Gate)
        {
            if (_end is null)
                AppendPhase(Phase.Analyzing);
        }
        Log.Flush();
        _begun.SetResult();
    }

    /// <summary>Says what the model does now; a phase that it is in already is not said again.</summary>
    public void Enter(Phase phase)
    {
        lock (Log.Gate)
        {
            if (_end is not null || _phase >= phase)
                return;
            AppendPhase(phase);
        }
        Log.Flush();
    }

    public void AppendText(string text) => Append(Phase.Writing, default, text);

    public void AppendReasoning(string text) => Append(Phase.Thinking, ReasoningEvent, text);

    public void SetUsage(UsagePayload usage)
    {
        lock (Log.Gate)
        {
            if (_end is null)
                _usage = usage;
        }
    }

    /// <summary>Records the end, unless there is one already, and cancels the model.</summary>
    /// <returns>Whether this was the first.</returns>
    public bool TryEnd(FinishReason reason, FailurePayload? failure = null)
    {
        var end = new GenerationEnd(reason, failure);
        lock (Log.Gate)
        {
            if (_end is not null)
                return false;
            _end = end;
        }
        try
        {
            _cancel.Cancel();
        }
        finally
        {
            // After it, because whoever waits for this may be done with the generation at once.
            _ended.SetResult(end);
        }
        return true;
    }

    /// <summary>What was streamed since the last checkpoint; null where that is nothing, or where the end is stored whole anyway.</summary>
    public Piece? Uncommitted()
    {
        lock (Log.Gate)
        {
            if (_end is not null)
                return null;
            var end = Log.Bytes;
            var (text, reasoning) = TextBetween(_committed, end);
            return text.Length == 0 && reasoning is null
                ? null
                : new Piece { MessageId = Id, Number = _pieces, Text = text, Reasoning = reasoning, LogEnd = end };
        }
    }

    /// <summary>The piece is in the database.</summary>
    /// <returns>How many characters of the text are.</returns>
    public int Committed(Piece piece)
    {
        lock (Log.Gate)
        {
            _pieces++;
            _committed = piece.LogEnd;
            return _committedCharacters += piece.Text.Length;
        }
    }

    /// <summary>What is stored. The frames that <see cref="Close"/> will append are counted already.</summary>
    public EndedAnswer ToStored(GenerationEnd end)
    {
        lock (Log.Gate)
        {
            var closing = 2 + (_usage is null ? 0 : 1) + (end.Failure is null ? 0 : 1);
            var (text, reasoning) = TextBetween(0, Log.Bytes);
            return new EndedAnswer(Id, text, reasoning, end.Reason, end.Failure, _usage, Log.Count + closing - 1)
            {
                FirstOutputAt = _firstOutputAt,
                FirstTextAt = _firstTextAt,
            };
        }
    }

    /// <summary>Appends the last frames: <c>usage</c>, <c>failure</c>, <c>finish</c>, <c>stop</c>.</summary>
    public void Close(GenerationEnd end)
    {
        lock (Log.Gate)
        {
            _end = end;
            if (_usage is not null)
                Log.Append("usage"u8, _usage, WireJson.Wire.UsagePayload);
            if (end.Failure is not null)
                Log.Append("failure"u8, end.Failure, WireJson.Wire.FailurePayload);
            Log.Append("finish"u8, new FinishPayload(end.Reason), WireJson.Wire.FinishPayload);
            Log.Append("stop"u8, "stopped"u8);
            Log.Complete();
        }
        _closed.SetResult();
    }

    /// <summary>The state and text so far.</summary>
    /// <exception cref="ObjectDisposedException">It has ended and is no longer kept, and nobody reads it.</exception>
    public Answer ToAnswer()
    {
        lock (Log.Gate)
        {
            // Until the last frames are in the log, nobody is told of the end.
            var end = Log.IsComplete ? _end : null;
            var (text, reasoning) = TextBetween(0, Log.Bytes);
            return new Answer
            {
                GenerationId = Id,
                ConversationId = Start.ConversationId,
                MessageId = Start.MessageId,
                Model = Start.Model,
                State = end is null ? AnswerState.Running : AnswerState.Ended,
                Text = text,
                Reasoning = reasoning,
                FinishReason = end?.Reason,
                Failure = end?.Failure,
                Usage = end is null ? null : _usage,
            };
        }
    }

    /// <summary>Ended and no longer kept, or never begun: nobody needs to wait for it.</summary>
    public void Dispose()
    {
        lock (Log.Gate)
            _end ??= new GenerationEnd(FinishReason.Interrupted);
        Log.Release();
        _closed.TrySetResult();
        _cancel.Dispose();
    }

    private void Append(Phase phase, ReadOnlySpan<byte> eventName, string text)
    {
        text = Storable(text);
        lock (Log.Gate)
        {
            if (_end is not null)
                return;
            if (_phase < phase)
                AppendPhase(phase);
            _firstOutputAt ??= _time.GetUtcNow();
            if (phase == Phase.Writing)
                _firstTextAt ??= _time.GetUtcNow();
            _hasReasoning |= phase == Phase.Thinking;
            Log.AppendText(eventName, text);
        }
        Log.Flush();
    }

    private void AppendPhase(Phase phase)
    {
        _phase = phase;
        Log.Append("status"u8, new StatusPayload(phase), WireJson.Wire.StatusPayload);
    }

    // PostgreSQL keeps every character but this one, and what is kept is what was streamed.
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    private (string Text, string? Reasoning) TextBetween(long from, long to)
    {
        var reasoning = _hasReasoning ? Log.ReadText(ReasoningEvent, from, to) : "";
        return (Log.ReadText(default, from, to), reasoning.Length == 0 ? null : reasoning);
    }
}
