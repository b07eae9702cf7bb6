using System.Buffers;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Streaming;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>Answers whose log is gone, from the database.</summary>
internal sealed class StoredAnswers(IChatDatabase database)
{
    /// <summary>The number of the last of the four frames that <see cref="ToLog"/> makes.</summary>
    public const int LastFrame = 3;

    /// <summary>
    /// The owner's answer with this id; null where there is none. One without an end has the text that the journal has.
    /// </summary>
    public async Task<Message?> FindAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        var message = await ReadAsync(db, id, cancellationToken);
        if (message is not { IsRunning: true })
            return message;

        // Its end waits to be stored, and until then the journal has its text. The journal is read before the answer is read
        // again, because the rows may go once the end is stored.
        var recovered = await CheckpointJournal.ReadAsync(db, new HashSet<string> { id }, cancellationToken);
        message = await ReadAsync(db, id, cancellationToken);
        if (message is { IsRunning: true })
            recovered.GetValueOrDefault(id)?.AppendTo(message);
        return message;
    }

    /// <summary>As <see cref="FindAsync"/>, but one without an end has no text.</summary>
    public async Task<Message?> FindStoredAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await ReadAsync(db, id, cancellationToken);
    }

    private static async Task<Message?> ReadAsync(ChatDbContext db, string id, CancellationToken cancellationToken)
    {
        var message = await Answer(db, id).FirstOrDefaultAsync(cancellationToken);
        if (message is { ToolTokens: > 0 })
        {
            message.Tools = await db.ToolCalls.Where(call => call.MessageId == id).OrderBy(call => call.Number)
                .ToListAsync(cancellationToken);
        }
        return message;
    }

    // Answers of a deleted conversation stay for a while; the conversation itself is no longer the owner's.
    private static IQueryable<Message> Answer(ChatDbContext db, string id) => db.Messages.Where(m =>
        m.Id == id && m.Role == MessageRole.Assistant && db.Conversations.Any(c => c.Id == m.ConversationId));

    /// <summary>The title of the answer's conversation; null where that was deleted meanwhile.</summary>
    public async Task<string?> TitleAsync(Owner owner, Message message, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        return await db.Conversations.Where(c => c.Id == message.ConversationId).Select(c => c.Title)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Where a reader goes on in the log that <see cref="ToLog"/> makes: behind the end if it has everything, at the start if no
    /// other position fits.
    /// </summary>
    public static int PositionAfter(Message message, FrameId? after) => after switch
    {
        { OfStoredAnswer: true, Number: <= LastFrame and var last } => last + 1,
        { OfStoredAnswer: false, Number: var last } when last == message.LastFrame => LastFrame + 1,
        _ => 0,
    };

    /// <summary>
    /// The stored answer as a log of four frames, <c>{G}.s0</c> to <c>{G}.s3</c>: <c>start</c>, <c>snapshot</c>, <c>finish</c>,
    /// <c>stop</c>.
    /// </summary>
    /// <param name="message">The answer.</param>
    /// <param name="title">Its conversation's title.</param>
    /// <param name="memory">The pool of the log's memory.</param>
    public static FrameLog ToLog(Message message, string title, MemoryPool<byte> memory)
    {
        var log = new FrameLog($"{message.Id}.s", memory);
        var start = new StartPayload(message.Id, message.ConversationId, message.Id, message.ParentId!, message.Model!, title);
        log.Append("start"u8, start, WireJson.Wire.StartPayload, withRetry: true);
        var snapshot = new SnapshotPayload(message.Text, message.Reasoning, ToolsOf(message));
        log.Append("snapshot"u8, snapshot, WireJson.Wire.SnapshotPayload);
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
        Tools = ToolsOf(message),
        FinishReason = ReasonOf(message),
        Failure = message.Failure,
        Usage = message.Usage,
        EndedAt = message.EndedAt,
    };

    private static IReadOnlyList<ToolPayload>? ToolsOf(Message message) =>
        message.Tools.Count == 0 ? null : [.. message.Tools.Select(call => call.ToListed())];

    // It runs nowhere, so its end could not be stored.
    private static FinishReason ReasonOf(Message message) => message.FinishReason ?? FinishReason.Interrupted;
}
