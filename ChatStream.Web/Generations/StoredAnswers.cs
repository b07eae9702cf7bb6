using System.Buffers;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Generations;

/// <summary>An answer whose log is gone, from the database.</summary>
internal static class StoredAnswers
{
    /// <summary>The number of the last of the three frames.</summary>
    public const int LastFrame = 2;

    /// <summary>Where in that log a reader goes on: behind it, if all has been delivered; at its start, if nothing else fits.</summary>
    public static int PositionAfter(Message message, FrameId? after) => after switch
    {
        { OfStoredAnswer: true, Number: <= LastFrame and var last } => last + 1,
        { OfStoredAnswer: false, Number: var last } when last == message.LastFrame => LastFrame + 1,
        _ => 0,
    };

    /// <summary>A log of three frames, <c>{G}.s0</c> to <c>{G}.s2</c>: <c>snapshot</c>, <c>finish</c>, <c>stop</c>.</summary>
    public static FrameLog ToLog(Message message, MemoryPool<byte> memory)
    {
        var log = new FrameLog($"{message.Id}.s", memory);
        log.Append("snapshot"u8, new SnapshotPayload(message.Text, message.Reasoning), WireJson.Wire.SnapshotPayload);
        log.Append("finish"u8, new FinishPayload(ReasonOf(message)), WireJson.Wire.FinishPayload);
        log.Append("stop"u8, "stopped"u8);
        log.Complete();
        return log;
    }

    public static Answer ToAnswer(Message message) => new()
    {
        GenerationId = message.Id,
        ConversationId = message.ConversationId,
        MessageId = message.Id,
        Model = message.Model!,
        State = AnswerState.Ended,
        Text = message.Text,
        Reasoning = message.Reasoning,
        FinishReason = ReasonOf(message),
        Failure = message.Failure,
        Usage = message.Usage,
    };

    // It runs nowhere: its end could not be stored.
    private static FinishReason ReasonOf(Message message) => message.FinishReason ?? FinishReason.Interrupted;
}
