using System.Buffers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Limits;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers;

/// <summary>Finds an answer wherever it is: running, ended and still in memory, or in the database.</summary>
internal sealed class AnswerLookup(
    GenerationRegistry registry, StoredAnswers stored, Newcomers newcomers, OwnershipWatch ownership, Neighbours neighbours,
    IOptions<LimitOptions> limits, MemoryPool<byte> memory) : IAnswerLookup
{
    /// <summary>Seconds; a guess: when a reader will leave is not known.</summary>
    private const int UntilOneLeaves = 5;

    /// <inheritdoc/>
    public Task<Attachment> AttachAsync(Owner owner, string id, FrameId? after, CancellationToken readerGone) =>
        AttachAsync(owner, id, after, onReadToEnd: null, readerGone);

    /// <summary>As the other. <paramref name="onReadToEnd"/> is called when a stored answer has been read to its end.</summary>
    public async Task<Attachment> AttachAsync(
        Owner owner, string id, FrameId? after, Action? onReadToEnd, CancellationToken readerGone)
    {
        if (after is { } frame && frame.GenerationId != id)
            throw new RefusedException(400, "Last-Event-ID", "The id is a frame's of another generation.");
        // A page that opened several streams before it had a cookie reconnects all of them with the cookie that came last.
        if (after is not null && registry.OwnerOf(id) is { } starter && newcomers.AreOneBrowser(owner, starter))
            owner = starter;

        var here = await HereAsync(owner, id, readerGone);
        // One that is taken over just now has the frames that its readers saw once it has begun.
        if (here is not null && after is not null && !await here.HasBegunAsync(readerGone))
            here = null;
        if (here is { IsWithdrawn: true })
            return Withdrawn(here, after, readerGone);
        if (here is { } generation
            && (after is not { OfStoredAnswer: true } || !generation.Frames.IsComplete))
        {
            var from = after is { } last ? last.Number + 1L : 0;
            if (after is { OfStoredAnswer: true } || from > generation.Frames.ShownCount)
                throw new RefusedException(400, "Last-Event-ID", "This generation has sent no frame with this id.");
            if (generation.Frames.IsComplete && from == generation.Frames.Count)
                return new Attachment(id, Reader: null);
            // The registry may release the log at this moment; then the answer is in the database.
            if (generation.Frames.TryOpenReader((int)from, readerGone) is { } reader)
            {
                var isRead = false;
                try
                {
                    RefuseTooMany(generation);
                    // A generation is found as soon as its message is stored. It begins right after that.
                    if (isRead = await generation.HasBegunAsync(readerGone))
                        return new Attachment(id, reader);
                }
                finally
                {
                    if (!isRead)
                        reader.Dispose(); // also of a reader that has left meanwhile
                }
            }
        }

        if (await StoredAsync(owner, id, readerGone) is not { } message)
            return await AttachAsync(owner, id, after, onReadToEnd, readerGone);
        var rest = after is { OfStoredAnswer: false, Number: var seen } ? FrameOutline.RestAfter(message, seen, memory) : null;
        var position = rest?.First ?? StoredAnswers.PositionAfter(message, after);
        if (rest is null && position > StoredAnswers.LastFrame)
            return new Attachment(id, Reader: null);
        // Asked before a reader is open: this may fail, or the reader may leave.
        var keeper = rest is null && after is not { OfStoredAnswer: true }
            ? await ownership.FindKeeperAsync(message, readerGone) : null;
        var log = rest ?? StoredAnswers.ToLog(
            message, await stored.TitleAsync(owner, message, readerGone) ?? throw Unknown(), memory);
        log.ReadToEnd = onReadToEnd;
        var storedReader = log.OpenReader(position, readerGone);
        log.Release();
        return new Attachment(id, storedReader) { Elsewhere = keeper };
    }

    // Its log has text that must not be shown again, so it is served as a stored answer without text.
    private Attachment Withdrawn(Generation generation, FrameId? after, CancellationToken readerGone)
    {
        var message = new Message
        {
            Id = generation.Id,
            ConversationId = generation.Start.ConversationId,
            OwnerId = generation.Owner.Id,
            ParentId = generation.Start.ParentId,
            Role = MessageRole.Assistant,
            Text = "",
            CreatedAt = default,
            Model = generation.Start.Model,
            FinishReason = FinishReason.Filtered,
            LastFrame = generation.Frames.Count - 1,
        };
        var position = StoredAnswers.PositionAfter(message, after);
        if (position > StoredAnswers.LastFrame)
            return new Attachment(generation.Id, Reader: null);
        var log = StoredAnswers.ToLog(message, generation.Start.Title, memory);
        var reader = log.OpenReader(position, readerGone);
        log.Release();
        return new Attachment(generation.Id, reader);
    }

    /// <inheritdoc/>
    public async Task<Answer> FindAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        if (await HereAsync(owner, id, cancellationToken) is { } generation
            && generation.Frames.TryOpenReader(generation.Frames.ShownCount, cancellationToken) is { } opened)
        {
            using var reader = opened;
            if (await generation.HasBegunAsync(cancellationToken))
                return generation.ToAnswer();
        }
        return await StoredAsync(owner, id, cancellationToken) is { } message
            ? StoredAnswers.ToAnswer(message)
            : await FindAsync(owner, id, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Answer> FindStartedAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(owner, id, cancellationToken);
        }
        catch (RunsElsewhereException elsewhere)
        {
            return await neighbours.FindAsync(elsewhere.Instance, owner, id, cancellationToken)
                ?? throw new RefusedException(RunsElsewhereException.Unreached with { GenerationId = id });
        }
    }

    /// <inheritdoc/>
    public async Task UpdateRunningAsync(Owner owner, IEnumerable<Message> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages.Where(message => message.IsRunning))
        {
            if (await NowAsync(owner, message.Id, cancellationToken) is { } answer)
                message.Take(answer);
            else if (await stored.FindAsync(owner, message.Id, cancellationToken) is { } kept)
                message.Take(kept);
        }
    }

    // Null: only the database can say. Its instance cannot be reached, or it waits for one because this one stops.
    private async Task<Answer?> NowAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(owner, id, cancellationToken);
        }
        catch (RunsElsewhereException elsewhere)
        {
            return await neighbours.FindAsync(elsewhere.Instance, owner, id, cancellationToken);
        }
        catch (RefusedException) when (registry.IsLeft(id))
        {
            return null;
        }
    }

    private async Task<Generation?> HereAsync(Owner owner, string id, CancellationToken cancellationToken) =>
        registry.Find(owner, id) is { } generation
            && !(generation.Closed.IsCompleted && await IsDeletedAsync(owner, id, cancellationToken))
            ? generation
            : null;

    // Another instance may have deleted the conversation of an answer that has ended.
    private async Task<bool> IsDeletedAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        try
        {
            return ownership.HasNeighbours && await stored.FindStoredAsync(owner, id, cancellationToken) is null;
        }
        catch (Exception fault) when (StorageException.IsBehind(fault))
        {
            return false; // what is in memory can be read while the database cannot
        }
    }

    private void RefuseTooMany(Generation generation)
    {
        if (generation.Frames.ReaderCount <= limits.Value.ReadersPerAnswer)
            return;
        throw new RefusedException(new Refusal(429, Field: null, "Too many readers read this answer.")
        {
            Code = "too_many_readers",
            RetryAfter = UntilOneLeaves,
        });
    }

    // An answer that no instance runs gets its end now. Null: it goes on in this one.
    private async Task<Message?> StoredAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        var message = await stored.FindStoredAsync(owner, id, cancellationToken) ?? throw Unknown();
        if (!message.IsRunning)
            return message;
        if (ownership.ElsewhereOf(message) is { } elsewhere)
            throw new RunsElsewhereException(elsewhere);
        if ((await ownership.FindAsync(id, cancellationToken)).Elsewhere is { } instance)
            throw new RunsElsewhereException(instance);
        if (registry.IsRunning(id))
            return null;
        return await stored.FindAsync(owner, id, cancellationToken) ?? throw Unknown();
    }

    internal static RefusedException Unknown() => new(404, "generationId", "There is no such generation.");
}
