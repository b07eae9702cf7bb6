using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// Opens the database before the web server listens, and ends the answers that a process left running when it died. Each gets the
/// text that the journal has of it.
/// </summary>
internal sealed class Recovery(IChatDatabase database, CheckpointJournal journal, TokenCounter tokens, TimeProvider time)
    : IHostedLifecycleService
{
    private const int AnswersAtOnce = 100;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        await RecoverAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Ends the answers that were left running. A crash in the middle loses nothing: the next call begins again.
    /// </summary>
    public async Task RecoverAsync()
    {
        Dictionary<string, RecoveredText> recovered;
        await using (var db = database.ReadAs(default))
        {
            var running = await Running(db).Select(message => message.Id).ToListAsync();
            recovered = await CheckpointJournal.ReadAsync(db, running.ToHashSet(StringComparer.Ordinal), CancellationToken.None);
        }
        while (await database.WriteAsync(default, db => RecoverSomeAsync(db, recovered)) > 0)
        {
        }
        // Emptied last: until here a crash leaves everything that is needed to begin again.
        await journal.AppendAsync([], keepFrom: long.MaxValue);
    }

    private async Task<int> RecoverSomeAsync(ChatDbContext db, Dictionary<string, RecoveredText> recovered)
    {
        var running = await Running(db).Take(AnswersAtOnce).ToListAsync();
        foreach (var message in running)
        {
            recovered.GetValueOrDefault(message.Id)?.AppendTo(message);
            message.Tokens = tokens.Count(message.Text);
            message.FinishReason = FinishReason.Interrupted;
            message.FailureCode = FailureCode.Interrupted;
            message.FailureMessage = "The server went away while it answered.";
            message.LastFrame = FrameOutline.LastFrameOf(message);
            message.EndedAt = time.GetUtcNow();
            await db.IndexAsync(message.OwnerId, message.ConversationId, message.Id, SearchTerms.Of(message.Text));
        }
        await db.SaveChangesAsync();
        return running.Count;
    }

    private static IQueryable<Message> Running(ChatDbContext db) =>
        db.Messages.IgnoreQueryFilters().Where(m => m.Role == MessageRole.Assistant && m.FinishReason == null);
}
