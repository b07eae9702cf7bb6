using System.Data.Common;
using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ChatStream.Web.Storage;

/// <summary>
/// The tables, as one owner sees them. Every query is filtered by the owner, so no query can forget to ask for it. Each kind of
/// database derives its own context, which has its own migrations.
/// </summary>
internal abstract partial class ChatDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>Texts that enter the search index in one write; takes some milliseconds.</summary>
    public const int TextsAtOnce = 32;

    private string _ownerId = default(Owner).Id;

    public DbSet<Conversation> Conversations => Set<Conversation>();
    public DbSet<Folder> Folders => Set<Folder>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<PathSummary> Summaries => Set<PathSummary>();
    public DbSet<StartKey> StartKeys => Set<StartKey>();
    public DbSet<ToolCall> ToolCalls => Set<ToolCall>();
    public DbSet<ToolGrant> ToolGrants => Set<ToolGrant>();

    /// <summary>
    /// Not filtered by owner: one row holds text of all running answers. Callers match it against owner-filtered messages.
    /// </summary>
    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();

    public DbSet<RetentionMark> RetentionMarks => Set<RetentionMark>();
    public DbSet<StoredFile> Files => Set<StoredFile>();
    public DbSet<MessageFile> MessageFiles => Set<MessageFile>();
    public DbSet<Share> Shares => Set<Share>();
    public DbSet<MessageFeedback> Feedback => Set<MessageFeedback>();
    public DbSet<StoredPrompt> Prompts => Set<StoredPrompt>();
    public DbSet<StoredPreferences> Preferences => Set<StoredPreferences>();

    /// <summary>Follows a text in SQL that is compared as <see cref="StringComparer.Ordinal"/> does.</summary>
    public abstract string Ordinal { get; }

    /// <summary>
    /// Follows <c>INSERT … SELECT …</c> in SQL: inserts nothing if the instance <c>@instance</c> is taken for dead.
    /// </summary>
    public abstract string IfAlive { get; }

    /// <summary>Whether a row of this table, which names its instance, is of one that is gone. In SQL.</summary>
    public abstract string IsOfGone { get; }

    /// <summary>Adds the terms of a text to the search index, once for each text.</summary>
    /// <param name="ownerId">The conversation's owner.</param>
    /// <param name="conversationId">The conversation that a search then finds.</param>
    /// <param name="messageId">The message that has the text; null: the text is the title.</param>
    /// <param name="terms">
    /// Letters and digits only, each once. Compute them before the transaction, for which all writers wait.
    /// </param>
    public abstract Task IndexAsync(string ownerId, string conversationId, string? messageId, IReadOnlyCollection<string> terms);

    /// <summary>
    /// As <see cref="IndexAsync"/>, for what every answer does: the text may wait for others, so that many enter the index at
    /// once. It waits in the database. A search adds what waits first.
    /// </summary>
    public virtual Task IndexSoonAsync(
        string ownerId, string conversationId, string? messageId, IReadOnlyCollection<string> terms) =>
        IndexAsync(ownerId, conversationId, messageId, terms);

    /// <summary>How many texts, of all owners, wait for the search index.</summary>
    public virtual Task<int> CountWaitingTextsAsync(CancellationToken cancellationToken) => Task.FromResult(0);

    /// <summary>Adds the <see cref="TextsAtOnce"/> texts that have waited longest to the search index.</summary>
    /// <returns>How many there were.</returns>
    public virtual Task<int> IndexWaitingAsync() => Task.FromResult(0);

    /// <summary>
    /// Merges a part of the search index, in some milliseconds, so that the space of deleted texts is free again. PostgreSQL does
    /// it by itself.
    /// </summary>
    /// <param name="begins">Whether the index is to be merged from its beginning.</param>
    /// <returns>Whether there is more to merge.</returns>
    public virtual Task<bool> MergeIndexAsync(bool begins) => Task.FromResult(false);

    /// <summary>Replaces the terms of a conversation's title.</summary>
    public async Task ReindexTitleAsync(string ownerId, string conversationId, IReadOnlyCollection<string> terms)
    {
        await Database.ExecuteSqlAsync($"""DELETE FROM "SearchDocuments" WHERE "ConversationId" = {conversationId} AND "MessageId" IS NULL""");
        await IndexAsync(ownerId, conversationId, messageId: null, terms);
    }

    /// <summary>The owner's texts in the search index.</summary>
    public IQueryable<SearchDocument> SearchDocuments => Database.SqlQuery<SearchDocument>(
        $"""SELECT "Id", "ConversationId", "MessageId" FROM "SearchDocuments" WHERE "OwnerId" = {OwnerId}""");

    /// <summary>The owner's texts that have all of these terms.</summary>
    public abstract IQueryable<SearchDocument> Matching(IReadOnlyList<SearchTerm> terms);

    /// <summary>
    /// Makes a token end the queries of an open connection, also those that block their thread. Dispose of the result before the
    /// context. What the ended query throws depends on the database.
    /// </summary>
    public abstract IDisposable EndQueriesWith(CancellationToken cancellationToken);

    /// <summary>
    /// Lets the transactions that count what an owner has, before they add to it, run one after another. Without it, two of them
    /// count the same rows, and both add. SQLite runs all writes so. Take it before other locks.
    /// </summary>
    public virtual Task LockOwnerAsync(Owner owner) => Task.CompletedTask;

    /// <summary>Sets the owner whose data the context shows until it goes back to its pool.</summary>
    public void ShowTo(Owner owner) => _ownerId = owner.Id;

    /// <summary>
    /// A raw command, for what every answer does: entities would cost more there than the database. No query filter applies to
    /// it, so it carries the owner as <c>@owner</c>, and its SQL must ask for that owner's rows only. Use it once, and do not
    /// dispose it.
    /// </summary>
    public DbCommand Command(string sql)
    {
        var command = Prepare(sql);
        command.Transaction = Database.CurrentTransaction?.GetDbTransaction();
        return command.With("@owner", _ownerId);
    }

    protected virtual DbCommand Prepare(string sql)
    {
        var command = Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return command;
    }

    protected string OwnerId => _ownerId;

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite neither orders nor compares a DateTimeOffset.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        // SQLite adds a decimal as if it were a text.
        configurationBuilder.Properties<decimal>().HaveConversion<Billionths>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(32);
    }

    private sealed class Billionths() : ValueConverter<decimal, long>(
        amount => (long)(amount * CostPayload.Parts), number => (decimal)number / CostPayload.Parts);

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), number => DateTimeOffset.FromUnixTimeMilliseconds(number));
}
