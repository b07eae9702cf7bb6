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
internal abstract class ChatDbContext(DbContextOptions options) : DbContext(options)
{
    private string _ownerId = default(Owner).Id;

    public DbSet<Conversation> Conversations => Set<Conversation>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<StartKey> StartKeys => Set<StartKey>();

    /// <summary>
    /// Not filtered by owner: one row holds text of all running answers. Callers match it against owner-filtered messages.
    /// </summary>
    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();

    public DbSet<RetentionMark> RetentionMarks => Set<RetentionMark>();

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
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(32);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Conversation>(conversation =>
        {
            conversation.HasQueryFilter(c => c.OwnerId == _ownerId);
            conversation.Property(c => c.Id).HasMaxLength(Ids.Length);
            conversation.HasIndex(c => new { c.OwnerId, c.UpdatedAt });
        });

        modelBuilder.Entity<Message>(message =>
        {
            message.HasQueryFilter(m => m.OwnerId == _ownerId);
            message.Property(m => m.Id).HasMaxLength(Ids.Length);
            message.Property(m => m.ParentId).HasMaxLength(Ids.Length);
            message.Property(m => m.InstanceId).HasMaxLength(Ids.Length);
            message.HasOne<Conversation>().WithMany().HasForeignKey(m => m.ConversationId).OnDelete(DeleteBehavior.Cascade);
            // Has all that the tree of a conversation is made of, so no text is read for it.
            message.HasIndex(m => new { m.ConversationId, m.ParentId, m.CreatedAt, m.Id }, "IX_Messages_Tree");
            // Finds the answers that a crash left running without a scan of all messages.
            message.HasIndex(m => m.Role, "IX_Messages_Running").HasFilter("\"Role\" = 'Assistant' AND \"FinishReason\" IS NULL");
            message.Ignore(m => m.Failure).Ignore(m => m.Usage);
        });

        modelBuilder.Entity<Checkpoint>().Property(checkpoint => checkpoint.InstanceId).HasMaxLength(Ids.Length);

        modelBuilder.Entity<Probe>(probe =>
        {
            probe.ToTable("Probes");
            probe.Property(p => p.Id).ValueGeneratedNever();
        });

        modelBuilder.Entity<RetentionMark>().Property(mark => mark.Id).ValueGeneratedNever();

        modelBuilder.Entity<StartKey>(key =>
        {
            key.HasQueryFilter(k => k.OwnerId == _ownerId);
            key.HasKey(k => new { k.OwnerId, k.Key });
            key.HasIndex(k => k.CreatedAt);
        });
    }

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), number => DateTimeOffset.FromUnixTimeMilliseconds(number));
}
