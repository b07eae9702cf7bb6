using System.Buffers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers;

/// <summary>Finds an answer wherever it is: running, ended and still in memory, or in the database.</summary>
internal sealed class AnswerLookup(
    GenerationRegistry registry, StoredAnswers stored, OwnershipWatch ownership, MemoryPool<byte> memory) : IAnswerLookup
{
    /// <inheritdoc/>
    public Task<Attachment> AttachAsync(Owner owner, string id, FrameId? after, CancellationToken readerGone) =>
        AttachAsync(owner, id, after, onReadToEnd: null, readerGone);

    /// <summary>As the other. <paramref name="onReadToEnd"/> is called when a stored answer has been read to its end.</summary>
    public async Task<Attachment> AttachAsync(
        Owner owner, string id, FrameId? after, Action? onReadToEnd, CancellationToken readerGone)
    {
        if (after is { } frame && frame.GenerationId != id)
            throw new RefusedException(400, "Last-Event-ID", "The id is a frame's of another generation.");

        if (registry.Find(owner, id) is { } generation
            && (after is not { OfStoredAnswer: true } || !generation.Frames.IsComplete))
        {
            var from = after is { } last ? last.Number + 1L : 0;
            if (after is { OfStoredAnswer: true } || from > generation.Frames.Count)
                throw new RefusedException(400, "Last-Event-ID", "This generation has sent no frame with this id.");
            if (generation.Frames.IsComplete && from == generation.Frames.Count)
                return new Attachment(id, Reader: null);
            // The registry may release the log at this moment; then the answer is in the database.
            if (generation.Frames.TryOpenReader((int)from, readerGone) is { } reader)
            {
                // A generation is found as soon as its message is stored. It begins right after that.
                if (await generation.HasBegunAsync(readerGone))
                    return new Attachment(id, reader);
                reader.Dispose();
            }
        }

        var message = await StoredAsync(owner, id, readerGone);
        var position = StoredAnswers.PositionAfter(message, after);
        if (position > StoredAnswers.LastFrame)
            return new Attachment(id, Reader: null);
        var log = StoredAnswers.ToLog(message, memory);
        log.ReadToEnd = onReadToEnd;
        var storedReader = log.OpenReader(position, readerGone);
        log.Release();
        return new Attachment(id, storedReader);
    }

    /// <inheritdoc/>
    public async Task<Answer> FindAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        if (registry.Find(owner, id) is { } generation
            && generation.Frames.TryOpenReader(generation.Frames.Count, cancellationToken) is { } opened)
        {
            using var reader = opened;
            if (await generation.HasBegunAsync(cancellationToken))
                return generation.ToAnswer();
        }
        return StoredAnswers.ToAnswer(await StoredAsync(owner, id, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task UpdateRunningAsync(Owner owner, IEnumerable<Message> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages.Where(message => message.IsRunning))
            message.Take(await FindAsync(owner, message.Id, cancellationToken));
    }

    // An answer that no process runs gets its end now.
    private async Task<Message> StoredAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        var message = await stored.FindAsync(owner, id, cancellationToken) ?? throw Unknown();
        return message.IsRunning && await ownership.EndIfOrphanAsync(id, cancellationToken)
            ? await stored.FindAsync(owner, id, cancellationToken) ?? throw Unknown()
            : message;
    }

    internal static RefusedException Unknown() => new(404, "generationId", "There is no such generation.");
}
