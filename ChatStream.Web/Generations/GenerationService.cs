using System.Buffers;
using System.Diagnostics;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;

namespace ChatStream.Web.Generations;

/// <summary>Starts generations, finds them again, stops them. A generation runs apart from whatever request started it.</summary>
internal sealed class GenerationService(
    ConversationStore store,
    GenerationRegistry registry,
    GenerationRunner runner,
    StartCheck check,
    StartLimiter limiter,
    MemoryPool<byte> memory,
    TimeProvider time)
{
    /// <summary>
    /// For so long an identical request waits for its predecessor's reader to leave: a browser repeats at once what is lost on a
    /// connection that it had used before, and may be here before the server has learned of the loss.
    /// </summary>
    public static readonly TimeSpan LossIsKnownWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Stores the message and starts the answer to it, or attaches to the generation that an earlier start with the same key
    /// began.
    /// </summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="request">What for.</param>
    /// <param name="key">How a repeat is recognised; null: every start is new.</param>
    /// <param name="keepUnread">Whether it runs on when nobody reads it.</param>
    /// <param name="readerGone">The reader's token: it ends the reading, never the generation.</param>
    /// <exception cref="RefusedException">Nothing was started or stored.</exception>
    public async Task<Attachment> StartAsync(
        Owner owner, StartRequest request, RepeatKey? key, bool keepUnread, CancellationToken readerGone)
    {
        var model = check.Model(request);
        if (key is not null && await store.FindStartAsync(owner, key, readerGone) is { } known
            && (!key.IsIdenticalRequest || await MayRejoinSoonAsync(owner, known, readerGone)))
            return await RejoinAsync(owner, known, key, keepUnread, readerGone);

        check.Message(request);
        runner.RefuseWhenStopping();
        var generation = new Generation(Ids.New(), owner, memory, time) { IsKeptUnread = keepUnread };
        var lease = limiter.Acquire(owner);
        // Both before the start is stored: from then on others may look for it, and find it read.
        registry.Add(generation);
        var reader = generation.Log.OpenReader(0, readerGone);
        StartOutcome? outcome = null;
        try
        {
            outcome = await store.StartAsync(owner, new StartCommand(request, model, generation.Id, key), id => MayRejoin(owner, id));
        }
        finally
        {
            if (outcome?.New is null)
            {
                reader.Dispose();
                registry.Withdraw(generation);
                lease.Dispose();
            }
        }
        if (outcome.New is not { } start)
            return await RejoinAsync(owner, outcome.GenerationId, key!, keepUnread, readerGone);

        generation.Begin(start);
        generation.Log.ReadToEnd = ForgetWhenRead(owner, key, generation.Id);
        runner.Run(generation, lease, Activity.Current?.Context ?? default);
        return new Attachment(generation.Id, reader);
    }

    /// <summary>Attaches to a generation after a frame, or from the first.</summary>
    /// <exception cref="RefusedException">400: there is no such frame; 404: no such generation of this owner.</exception>
    public Task<Attachment> AttachAsync(Owner owner, string id, FrameId? after, CancellationToken readerGone) =>
        AttachAsync(owner, id, after, readToEnd: null, readerGone);

    /// <summary>The state and text of an answer, running or ended. Counts as reading it.</summary>
    /// <exception cref="RefusedException">404.</exception>
    public async Task<Answer> FindAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        if (registry.Find(owner, id) is { } generation && generation.Log.TryOpenReader(generation.Log.Count, cancellationToken) is { } opened)
        {
            using var reader = opened;
            // It is found from the moment its message is stored on, and begins right after that.
            await generation.Begun.WaitAsync(cancellationToken);
            return generation.ToAnswer();
        }
        return StoredAnswers.ToAnswer(await store.FindAnswerAsync(owner, id, cancellationToken) ?? throw Unknown());
    }

    /// <summary>Lets it run on although nobody reads it: somebody was told where to find it.</summary>
    public void KeepUnread(Owner owner, string id)
    {
        if (registry.Find(owner, id) is { } generation)
            generation.IsKeptUnread = true;
    }

    /// <summary>Stops a generation and returns once its <c>finish</c> is in the log; one that has ended is left as it is.</summary>
    /// <exception cref="RefusedException">404.</exception>
    public async Task StopAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        if (registry.Find(owner, id) is { } generation)
        {
            generation.TryEnd(FinishReason.Stopped);
            await generation.Closed.WaitAsync(cancellationToken);
        }
        else if (await store.FindAnswerAsync(owner, id, cancellationToken) is null)
        {
            throw Unknown();
        }
    }

    /// <summary>Stops a generation whose message is gone; one that is only just beginning, as soon as it has.</summary>
    public async Task StopDeletedAsync(Owner owner, string id)
    {
        if (registry.Find(owner, id) is not { } generation)
            return;
        await generation.Begun;
        generation.TryEnd(FinishReason.Stopped);
        await generation.Closed;
    }

    /// <summary>Lets go of the ended answers of a conversation that was deleted: they are not to be read any more.</summary>
    public void Forget(Owner owner, string conversationId) => registry.Forget(owner, conversationId);

    private async Task<Attachment> AttachAsync(Owner owner, string id, FrameId? after, Action? readToEnd, CancellationToken readerGone)
    {
        if (after is { } frame && frame.GenerationId != id)
            throw new RefusedException(400, "Last-Event-ID", "The id is a frame's of another generation.");

        if (registry.Find(owner, id) is { } generation && (after is not { OfStoredAnswer: true } || !generation.Log.IsComplete))
        {
            var from = after is { } last ? last.Number + 1L : 0;
            if (after is { OfStoredAnswer: true } || from > generation.Log.Count)
                throw new RefusedException(400, "Last-Event-ID", "This generation has sent no frame with this id.");
            if (generation.Log.IsComplete && from == generation.Log.Count)
                return new Attachment(id, Reader: null);
            // Where there was no more room for it just now, it is in the database.
            if (generation.Log.TryOpenReader((int)from, readerGone) is { } reader)
                return new Attachment(id, reader);
        }

        var message = await store.FindAnswerAsync(owner, id, readerGone) ?? throw Unknown();
        var position = StoredAnswers.PositionAfter(message, after);
        if (position > StoredAnswers.LastFrame)
            return new Attachment(id, Reader: null);
        var log = StoredAnswers.ToLog(message, memory);
        log.ReadToEnd = readToEnd;
        var stored = log.OpenReader(position, readerGone);
        log.Release();
        return new Attachment(id, stored);
    }

    private Task<Attachment> RejoinAsync(Owner owner, string id, RepeatKey key, bool keepUnread, CancellationToken readerGone)
    {
        if (keepUnread)
            KeepUnread(owner, id);
        return AttachAsync(owner, id, after: null, ForgetWhenRead(owner, key, id), readerGone);
    }

    // What was read to its end is not what its exact repeat is after.
    private Action? ForgetWhenRead(Owner owner, RepeatKey? key, string id) =>
        key is { IsIdenticalRequest: true } ? () => runner.Forget(owner, key, id) : null;

    // An identical request attaches only where its predecessor's connection was lost before it was read.
    private bool MayRejoin(Owner owner, string id) =>
        registry.Find(owner, id) is not { } generation || (generation.Log.Unread.IsCompleted && !generation.Log.WasReadToEnd);

    private async Task<bool> MayRejoinSoonAsync(Owner owner, string id, CancellationToken readerGone)
    {
        try
        {
            if (registry.Find(owner, id) is { } generation)
                await generation.Log.Unread.WaitAsync(LossIsKnownWithin, time, readerGone);
            return MayRejoin(owner, id);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static RefusedException Unknown() => new(404, "generationId", "There is no such generation.");
}
