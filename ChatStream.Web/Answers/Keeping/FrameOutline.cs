using System.Buffers;
using System.Globalization;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// What each frame of a log held, from frame 1 to the last one before the end, without the text itself: <c>aw m5 m12</c> without
/// the spaces. A letter for each phase, a capital if a fallback deployment answers; <c>m</c> for text and <c>r</c> for reasoning,
/// each with its length in characters. With it and the stored answer, a reader gets the very frames that it has not seen.
/// </summary>
internal static class FrameOutline
{
    private const string Phases = "atuw"; // in the order of the enumeration
    private const char Text = 'm';
    private const char Reasoning = 'r';

    public static void AddPhase(this StringBuilder outline, Phase phase, bool isFallback = false) =>
        outline.Append(isFallback ? char.ToUpperInvariant(Phases[(int)phase]) : Phases[(int)phase]);

    /// <param name="outline">Gets the frame.</param>
    /// <param name="phase"><see cref="Phase.Writing"/> for text, another for reasoning.</param>
    /// <param name="length">In UTF-16 characters.</param>
    public static void AddDelta(this StringBuilder outline, Phase phase, int length) =>
        outline.Append(phase == Phase.Writing ? Text : Reasoning).Append(length);

    /// <summary>
    /// The number of the last frame of an answer that ends as <c>interrupted</c>: <c>failure</c>, <c>finish</c> and <c>stop</c>
    /// follow the outline. Null without an outline.
    /// </summary>
    public static int? LastFrameOf(string? outline) => outline?.Count(char.IsAsciiLetter) + 3;

    /// <summary>
    /// The frames of a stored answer after frame <paramref name="seen"/>, with the numbers that they had. Null if the answer has
    /// no outline that fits its last frame, or if none follow.
    /// </summary>
    public static FrameLog? RestAfter(Message answer, int seen, MemoryPool<byte> memory)
    {
        if (answer is not { Frames: { } outline, FinishReason: { } reason, LastFrame: { } last } || seen >= last)
            return null;
        var log = new FrameLog($"{answer.Id}.", memory, first: seen + 1);
        var (number, text, reasoning) = (0, 0, 0);
        for (var at = 0; at < outline.Length;)
        {
            var kind = outline[at++];
            var length = TakeNumber(outline, ref at);
            var isSeen = ++number <= seen;
            if (kind is not (Text or Reasoning))
            {
                if (!isSeen)
                    log.Append("status"u8, StatusOf(kind), WireJson.Wire.StatusPayload);
                continue;
            }
            ref var from = ref kind == Text ? ref text : ref reasoning;
            if (!isSeen && kind == Text)
                log.AppendText(default, answer.Text.Substring(from, length));
            else if (!isSeen)
                log.AppendText("reasoning"u8, answer.Reasoning!.Substring(from, length));
            from += length;
        }
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
