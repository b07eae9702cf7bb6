using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Answers.Running;

/// <summary>How a generation ended.</summary>
internal sealed record GenerationEnd(FinishReason Reason, FailurePayload? Failure = null)
{
    /// <summary>Whether the text that was shown so far must not be shown again.</summary>
    public bool IsWithdrawn => Failure?.Withdrawn == true;

    /// <summary>Whether it is no end: another process goes on with the answer.</summary>
    public bool IsLeft { get; init; }
}

/// <summary>
/// The running of one answer: its log of frames, its token and its one end. It belongs to no request. The log is also the only
/// place that has the text. The first call of <see cref="TryEnd"/> decides how the generation ended; after that no text enters
/// the log.
/// </summary>
/// <remarks>
/// Its states, in order: new, begun, ended, stored, closed, kept, released. docs/architecture.md has a table of them.
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
internal sealed partial class Generation : IDisposable
{
    /// <summary>The most text and reasoning of one answer, in bytes of UTF-8.</summary>
    public const int LargestAnswer = 4 * 1024 * 1024;

    /// <summary>Characters of a model's name. The service may send anything.</summary>
    private const int LongestName = 200;

    private static readonly FailurePayload TooLong = new(FailureCode.TooLong, "The answer is longer than 4 MB.");

    private static ReadOnlySpan<byte> ReasoningEvent => "reasoning"u8;

    private readonly TimeProvider _time;
    private readonly DateTimeOffset _createdAt;
    private readonly StringBuilder? _outline; // of the frames after the first; null where nobody needs it
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<GenerationEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StartPayload? _start;
    private bool _hasReasoning;
    private int _size; // of text and reasoning, in bytes of UTF-8
    private Phase _phase = Phase.Analyzing;
    private DateTimeOffset? _firstOutputAt;
    private DateTimeOffset? _firstTextAt;
    private string? _deployment;
    private bool _isFallback;
    private string? _answeredModel;
    private GenerationEnd? _end;
    private DateTimeOffset? _endedAt;
    private bool _isElsewhere;

    public Generation(
        string id, Owner owner, MemoryPool<byte> memory, TimeProvider time, ShowFrames show = ShowFrames.AtOnce,
        bool mayCall = false)
    {
        (Id, Owner, _time, _createdAt) = (id, owner, time, time.GetUtcNow());
        (_holdsBack, MayCall) = (show == ShowFrames.AfterCommit, mayCall);
        _outline = _holdsBack || mayCall ? new StringBuilder() : null;
        Frames = new FrameLog($"{id}.", memory, _holdsBack);
        Token = _cancel.Token;
    }

    public string Id { get; }
    public Owner Owner { get; }
    public FrameLog Frames { get; }

    /// <summary>The generation's own token. It is cancelled when the generation ends, never because a reader left.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether it goes on without a reader, because a client was told to find it later.</summary>
    public bool IsKeptUnread { get; set; }

    /// <summary>The text of the answer that this one continues; empty if there is none, or until the model is asked.</summary>
    public string Continues { get; set; } = "";

    /// <summary>Whether it has ended, and its text must not be shown again. Its log still has that text.</summary>
    public bool IsWithdrawn
    {
        get
        {
            lock (Frames.Gate)
                return Frames.IsComplete && _end?.IsWithdrawn == true;
        }
    }

    /// <summary>
    /// Whether it is in this process no more: it was left, or is another one's. Decided before <see cref="Closed"/> completes,
    /// but for an end that waits to be stored. What is asked about the answer is then asked of the database.
    /// </summary>
    public bool IsElsewhere
    {
        get
        {
            lock (Frames.Gate)
                return _isElsewhere;
        }
    }

    /// <summary>Whether its conversation has summaries, of which one may hold for this answer.</summary>
    public bool HasSummaries { get; set; }

    /// <summary>Whether messages of the conversation have files.</summary>
    public bool HasFiles { get; set; }

    /// <summary>What the model is sent, where it need not be read from the database; null from the time when it was.</summary>
    public PromptContext? Context { get; set; }

    /// <summary>How the model is asked; null until the start is stored.</summary>
    public AskedManner? Asked { get; set; }

    /// <summary>
    /// As which instance this process began it, as its row says. A process that was taken for dead begins anew as another one,
    /// and what it still has to write of the answer is the former one's. Null until the start is stored.
    /// </summary>
    public string? InstanceId { get; set; }

    /// <summary>The sender of its start.</summary>
    public Caller Caller { get; init; }

    /// <summary>
    /// The first checkpoint that may have a part of it; null: none has. Only <see cref="CheckpointLoop"/> uses it.
    /// </summary>
    public long? FirstCheckpoint { get; set; }

    /// <summary>Frame 0, once the message is stored.</summary>
    public StartPayload Start => _start ?? throw new InvalidOperationException("The generation has not begun.");

    /// <summary>Bytes of text and reasoning so far, in UTF-8.</summary>
    public int Size => Volatile.Read(ref _size);

    /// <summary>Completes when frame 0 is in the log; cancelled if the start was refused.</summary>
    public Task Begun => _begun.Task;

    /// <summary>
    /// Waits until frame 0 is in the log. False: it never will be, because the start was refused.
    /// </summary>
    public async Task<bool> HasBegunAsync(CancellationToken cancellationToken)
    {
        await Begun.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return Begun.IsCompletedSuccessfully;
    }

    /// <summary>
    /// Completes when the end is recorded. The answer is then stored, and after that its last frames are appended.
    /// </summary>
    public Task<GenerationEnd> Ended => _ended.Task;

    /// <summary>Completes when <c>finish</c> and <c>stop</c> are in the log and the answer is stored.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Appends frame 0, <c>start</c>, and the <c>status</c> that nothing has been received yet.</summary>
    public void Begin(StartPayload start)
    {
        _start = start;
        Frames.Append("start"u8, start, WireJson.Wire.StartPayload, withRetry: true);
        Frames.ShowAll(); // the start is stored
        lock (Frames.Gate)
        {
            if (_end is null)
                AppendPhase(Phase.Analyzing);
        }
        Frames.Flush();
        _begun.SetResult();
    }

    /// <summary>Appends a <c>status</c> frame when the model enters a later phase. A phase is told once.</summary>
    public void Enter(Phase phase)
    {
        lock (Frames.Gate)
        {
            if (_end is not null || _phase >= phase)
                return;
            AppendPhase(phase);
        }
        Frames.Flush();
    }

    /// <summary>
    /// Notes the deployment that answers, by its name. If it is a fallback, each <c>status</c> frame from now on says so.
    /// </summary>
    public void AnsweredBy(string deployment, bool isFallback)
    {
        lock (Frames.Gate)
        {
            if (_end is not null)
                return;
            (_deployment, _isFallback, _answeredModel, _asksAgain) = (deployment, isFallback, null, false);
            if (!_isTakenOver)
                _position = null; // it was in an answer of the deployment before
            // The deployment before had begun to answer, and failed.
            if (isFallback && !_isTakenOver && _phase != Phase.Analyzing)
                AppendPhase(_phase);
        }
        Frames.Flush();
    }

    /// <summary>Notes the model that the service says answers. A name that no model has is left out.</summary>
    public void AnsweredByModel(string model)
    {
        if (model.Length > LongestName)
            return;
        lock (Frames.Gate)
            _answeredModel = Storable(model);
    }

    /// <param name="text">The next piece.</param>
    /// <param name="position">Where a background answer goes on after it.</param>
    public void AppendText(string text, ResponsePosition? position = null) => Append(Phase.Writing, default, text, position);

    /// <inheritdoc cref="AppendText"/>
    public void AppendReasoning(string text, ResponsePosition? position = null) =>
        Append(Phase.Thinking, ReasoningEvent, text, position);

    /// <summary>Appends reasoning and text that came together. No checkpoint has the position and only one of them.</summary>
    public void AppendBoth(string reasoning, string text, ResponsePosition position)
    {
        bool fits;
        lock (Frames.Gate)
            fits = TryAppend(Phase.Thinking, ReasoningEvent, reasoning, position)
                && TryAppend(Phase.Writing, default, text, position);
        EndAppend(fits);
    }

    /// <summary>When its first word came; null: it has none, or that came in another process.</summary>
    public DateTimeOffset? FirstWordAt
    {
        get
        {
            lock (Frames.Gate)
                return _firstTextAt;
        }
    }

    /// <summary>From its start to its first word; null: it has none, or that came in another process.</summary>
    public TimeSpan? FirstWord => FirstWordAt - _createdAt;

    /// <summary>Records the end, unless there is one already, and cancels the request to the model.</summary>
    /// <returns>Whether this call recorded the end.</returns>
    public bool TryEnd(FinishReason reason, FailurePayload? failure = null)
    {
        var end = new GenerationEnd(reason, failure);
        lock (Frames.Gate)
        {
            if (_end is not null)
                return false;
            (_end, _endedAt) = (end, _time.GetUtcNow());
        }
        try
        {
            _cancel.Cancel();
        }
        finally
        {
            // After the cancelling, because a waiter may dispose of the generation at once.
            _ended.SetResult(end);
        }
        return true;
    }

    /// <summary>
    /// Appends the last frames: <c>usage</c>, <c>failure</c>, <c>finish</c>, <c>stop</c>. Frames that are still hidden were not
    /// stored, and are dropped: show them before if they were.
    /// </summary>
    public void Close(GenerationEnd end)
    {
        lock (Frames.Gate)
        {
            _end = end;
            Frames.DropHidden();
            if (_usage is not null)
                Frames.Append("usage"u8, _usage, WireJson.Wire.UsagePayload);
            if (end.Failure is not null)
                Frames.Append("failure"u8, end.Failure, WireJson.Wire.FailurePayload);
            Frames.Append("finish"u8, new FinishPayload(end.Reason), WireJson.Wire.FinishPayload);
            Frames.Append("stop"u8, "stopped"u8);
            Frames.Complete();
        }
        _closed.SetResult();
    }

    /// <summary>The state and the text that readers see so far.</summary>
    /// <exception cref="ObjectDisposedException">The log was released and has no reader.</exception>
    public Answer ToAnswer()
    {
        lock (Frames.Gate)
        {
            // The end is told only when the last frames are in the log.
            var end = Frames.IsComplete && _end is { IsLeft: false } ? _end : null;
            var (text, reasoning) = end?.IsWithdrawn == true ? ("", null) : TextBetween(0, Frames.ShownBytes);
            return new Answer
            {
                GenerationId = Id,
                ConversationId = Start.ConversationId,
                MessageId = Start.MessageId,
                Model = Start.Model,
                State = end is null ? AnswerState.Running : AnswerState.Ended,
                Text = text,
                Reasoning = reasoning,
                Tools = _tools is null ? null : [.. _tools.Select(call => call.ToListed())],
                FinishReason = end?.Reason,
                Failure = end?.Failure,
                Usage = end is null ? null : _usage,
                EndedAt = end is null ? null : _endedAt,
            };
        }
    }

    /// <summary>Notes that it is <see cref="IsElsewhere"/>.</summary>
    public void GiveUp()
    {
        lock (Frames.Gate)
            _isElsewhere = true;
    }

    /// <summary>Releases the log. For a generation that has ended and is no longer kept, or that never began.</summary>
    public void Dispose()
    {
        lock (Frames.Gate)
            _end ??= new GenerationEnd(FinishReason.Interrupted);
        Frames.Release();
        _begun.TrySetCanceled();
        _closed.TrySetResult();
        _cancel.Dispose();
    }

    private string DebuggerDisplay => string.Create(
        CultureInfo.InvariantCulture,
        $"{Id}: {_end?.Reason.ToString() ?? _phase.ToString()}, {Frames.Count} frames, {Frames.Bytes} bytes");

    private void Append(Phase phase, ReadOnlySpan<byte> eventName, string text, ResponsePosition? position) =>
        EndAppend(TryAppend(phase, eventName, text, position));

    /// <returns>False if the answer is too long with the text. Then the beginning of it is appended.</returns>
    private bool TryAppend(Phase phase, ReadOnlySpan<byte> eventName, string text, ResponsePosition? position)
    {
        text = AfterBreak(phase, Storable(text));
        var size = Encoding.UTF8.GetByteCount(text);
        lock (Frames.Gate)
        {
            if (_end is not null)
                return true;
            var fits = size <= LargestAnswer - _size;
            if (!fits)
                text = Beginning(text, LargestAnswer - _size);
            _size += size;
            _position = position ?? _position;
            if (text.Length > 0)
                AppendDelta(phase, eventName, text);
            return fits;
        }
    }

    // The gate must be open: readers run here.
    private void EndAppend(bool fits)
    {
        Frames.Flush();
        if (!fits)
            TryEnd(FinishReason.Failed, TooLong);
    }

    private void AppendDelta(Phase phase, ReadOnlySpan<byte> eventName, string text)
    {
        _asksAgain = false;
        if (_phase < phase)
            AppendPhase(phase);
        if (!_isTakenOver) // else the first may have come before
        {
            _firstOutputAt ??= _time.GetUtcNow();
            if (phase == Phase.Writing)
                _firstTextAt ??= _time.GetUtcNow();
        }
        _hasReasoning |= phase == Phase.Thinking;
        Frames.AppendText(eventName, text);
        _outline?.AddDelta(phase, text.Length);
    }

    private void AppendPhase(Phase phase)
    {
        _phase = phase;
        _outline?.AddPhase(phase, _isFallback);
        Frames.Append(
            "status"u8, new StatusPayload(phase, _isFallback ? StatusPayload.Fallback : null), WireJson.Wire.StatusPayload);
    }

    /// <summary>As many whole characters as fit into so many bytes of UTF-8.</summary>
    private static string Beginning(string text, int bytes)
    {
        Utf8.FromUtf16(text, new byte[bytes], out var characters, out _);
        return text[..characters];
    }

    // PostgreSQL cannot store NUL, and the stored text must be the text that was streamed.
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');
}
