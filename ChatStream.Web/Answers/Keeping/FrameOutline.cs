using System.Buffers;
using System.Globalization;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// What each frame of a log held, from frame 1 to the last one before the end, without the text itself: <c>aw m5 m12</c> without
/// the spaces. With it and the stored answer, a reader gets the very frames that it has not seen.
/// <list type="bullet">
/// <item>A phase is a letter, and a capital if a fallback deployment answers. The number of a call follows the phase in which a
/// tool is used.</item>
/// <item>Text is <c>m</c>, and reasoning <c>r</c>, each with its length in characters.</item>
/// <item>A state of a call is a letter with the number of the call.</item>
/// </list>
/// </summary>
internal static class FrameOutline
{
    /// <summary>
    /// Stands before an outline that holds only while a call waits for the user: what came after it was not stored with it.
    /// </summary>
    public const string OnlyForQuestions = "~";

    private const string Phases = "atuw"; // in the order of the enumeration
    private const string States = "qxdfn"; // in the order of the enumeration
    private const char UsingTool = 'u';
    private const char Text = 'm';
    private const char Reasoning = 'r';

    public static void AddPhase(this StringBuilder outline, Phase phase, bool isFallback = false) =>
        outline.Append(isFallback ? char.ToUpperInvariant(Phases[(int)phase]) : Phases[(int)phase]);

    /// <summary>Adds the frames of a call's state: one that begins to run is told by the phase first.</summary>
    public static void AddTool(this StringBuilder outline, ToolState state, int number)
    {
        if (state == ToolState.Running)
            outline.Append(UsingTool).Append(number);
        outline.Append(States[(int)state]).Append(number);
    }

    /// <summary>Appends the frames of a call's state.</summary>
    public static void AppendTool(FrameLog log, ToolCall call, ToolState state)
    {
        if (state == ToolState.Running)
            log.Append("status"u8, new StatusPayload(Phase.UsingTool, call.Name), WireJson.Wire.StatusPayload);
        log.Append("tool"u8, call.ToFrame(state), WireJson.Wire.ToolPayload);
    }

    /// <param name="outline">Gets the frame.</param>
    /// <param name="phase"><see cref="Phase.Writing"/> for text, another for reasoning.</param>
    /// <param name="length">In UTF-16 characters.</param>
    public static void AddDelta(this StringBuilder outline, Phase phase, int length) =>
        outline.Append(phase == Phase.Writing ? Text : Reasoning).Append(length);

    /// <summary>
    /// The number of the last frame of an answer that ends as <c>interrupted</c>: <c>usage</c>, if there is one, <c>failure</c>,
    /// <c>finish</c> and <c>stop</c> follow the outline. Null without an outline.
    /// </summary>
    public static int? LastFrameOf(string? outline, bool hasUsage) =>
        outline?.Count(char.IsAsciiLetter) + (hasUsage ? 4 : 3);

    /// <summary>
    /// The frames of a stored answer after frame <paramref name="seen"/>, with the numbers that they had. Null if the answer has
    /// no outline that fits its last frame, or if none follow.
    /// </summary>
    public static FrameLog? RestAfter(Message answer, int seen, MemoryPool<byte> memory)
    {
        if (answer is not { Frames: { } outline, FinishReason: { } reason, LastFrame: { } last } || seen >= last
            || !HasCalls(outline, answer.Tools))
            return null;
        var log = new FrameLog($"{answer.Id}.", memory, first: seen + 1);
        var number = AppendTo(log, outline, answer.Text, answer.Reasoning, answer.Tools, seen);
        if (answer.Usage is { } usage && ++number > seen)
            log.Append("usage"u8, usage, WireJson.Wire.UsagePayload);
        if (answer.Failure is { } failure && ++number > seen)
            log.Append("failure"u8, failure, WireJson.Wire.FailurePayload);
        if (++number > seen)
            log.Append("finish"u8, new FinishPayload(reason), WireJson.Wire.FinishPayload);
        log.Append("stop"u8, "stopped"u8);
        log.Complete();
        if (log.Count == last + 1)
            return log;
        log.Release();
        return null;
    }

    /// <summary>
    /// Makes the frames of an outline again, from frame 1 on, and appends those after frame <paramref name="seen"/>.
    /// </summary>
    /// <returns>The number of the outline's last frame.</returns>
    public static int AppendTo(
        FrameLog log, string outline, string text, string? reasoning, IReadOnlyList<ToolCall> calls, int seen = 0)
    {
        var (number, ofText, ofReasoning) = (0, 0, 0);
        for (var at = 0; at < outline.Length;)
        {
            var kind = outline[at++];
            var length = TakeNumber(outline, ref at);
            var isSeen = ++number <= seen;
            if (States.Contains(kind, StringComparison.Ordinal))
            {
                if (!isSeen)
                    log.Append("tool"u8, calls[length - 1].ToFrame(StateOf(kind)), WireJson.Wire.ToolPayload);
                continue;
            }
            if (kind is not (Text or Reasoning))
            {
                var status = kind == UsingTool && length > 0
                    ? new StatusPayload(Phase.UsingTool, calls[length - 1].Name) : StatusOf(kind);
                if (!isSeen)
                    log.Append("status"u8, status, WireJson.Wire.StatusPayload);
                continue;
            }
            ref var from = ref kind == Text ? ref ofText : ref ofReasoning;
            if (!isSeen && kind == Text)
                log.AppendText(default, text.Substring(from, length));
            else if (!isSeen)
                log.AppendText("reasoning"u8, reasoning!.Substring(from, length));
            from += length;
        }
        return number;
    }

    /// <summary>How long the part of an outline is that ends with the last state of a call; 0: it tells of none.</summary>
    public static int EndOfCalls(string outline)
    {
        var end = outline.AsSpan().LastIndexOfAny(States) + 1;
        if (end > 0)
            _ = TakeNumber(outline, ref end);
        return end;
    }

    /// <summary>Whether an outline tells of exactly this text and reasoning, and of no other calls.</summary>
    public static bool Fits(string outline, string text, string? reasoning, IReadOnlyList<ToolCall>? calls = null)
    {
        if (!HasCalls(outline, calls ?? []))
            return false;
        var (ofText, ofReasoning) = (0L, 0L);
        for (var at = 0; at < outline.Length;)
        {
            var kind = outline[at++];
            var length = TakeNumber(outline, ref at);
            (ofText, ofReasoning) = (ofText + (kind == Text ? length : 0), ofReasoning + (kind == Reasoning ? length : 0));
        }
        return (ofText, ofReasoning) == (text.Length, reasoning?.Length ?? 0);
    }

    /// <summary>The last phase that an outline tells, and whether a fallback deployment answered in it; null: none.</summary>
    public static (Phase Phase, bool IsFallback)? LastPhaseOf(string outline) =>
        outline.LastOrDefault(letter => Phases.Contains(char.ToLowerInvariant(letter))) is var last and not '\0'
            ? ((Phase)Phases.IndexOf(char.ToLowerInvariant(last)), char.IsAsciiLetterUpper(last))
            : null;

    private static bool HasCalls(string outline, IReadOnlyList<ToolCall> calls)
    {
        for (var at = 0; at < outline.Length;)
        {
            var kind = outline[at++];
            var number = TakeNumber(outline, ref at);
            if ((States.Contains(kind, StringComparison.Ordinal) && number == 0)
                || (kind is not (Text or Reasoning) && number > calls.Count))
                return false;
        }
        return true;
    }

    private static ToolState StateOf(char letter) => (ToolState)States.IndexOf(letter, StringComparison.Ordinal);

    private static StatusPayload StatusOf(char letter) => new(
        (Phase)Phases.IndexOf(char.ToLowerInvariant(letter)),
        char.IsAsciiLetterUpper(letter) ? StatusPayload.Fallback : null);

    private static int TakeNumber(string outline, ref int at)
    {
        var from = at;
        while (at < outline.Length && char.IsAsciiDigit(outline[at]))
            at++;
        return from == at ? 0 : int.Parse(outline.AsSpan(from, at - from), CultureInfo.InvariantCulture);
    }
}
