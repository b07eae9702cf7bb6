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

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Conversation>(conversation =>
        {
            conversation.HasQueryFilter(c => c.OwnerId == _ownerId);
            conversation.Property(c => c.Id).HasMaxLength(Ids.Length);
            conversation.HasIndex(c => new { c.OwnerId, c.UpdatedAt });
            // Finds the few that are to be removed soon.
            conversation.HasIndex(c => c.UpdatedAt, "IX_Conversations_Temporary").HasFilter("\"IsTemporary\"");
            conversation.Property(c => c.FolderId).HasMaxLength(Ids.Length);
            // Has all that conversations are counted by, so no row is read for it.
            conversation.HasIndex(
                c => new { c.OwnerId, c.FolderId, c.UpdatedAt, c.IsTemporary, c.IsPinned }, "IX_Conversations_Folder");
            // Finds the newest of all folders, however many stand in none or in the archive.
            conversation.HasIndex(c => new { c.OwnerId, c.UpdatedAt }, "IX_Conversations_InFolders")
                .HasFilter($"\"FolderId\" IS NOT NULL AND \"FolderId\" <> '{FolderEntry.Archive}'");
            conversation.HasIndex(c => new { c.OwnerId, c.UpdatedAt }, "IX_Conversations_Pinned").HasFilter("\"IsPinned\"");
            // Finds those that can no longer be restored.
            conversation.HasIndex(c => c.DeletedAt, "IX_Conversations_Deleted").HasFilter("\"DeletedAt\" IS NOT NULL");
        });

        modelBuilder.Entity<Folder>(folder =>
        {
            folder.HasQueryFilter(f => f.OwnerId == _ownerId);
            folder.Property(f => f.Id).HasMaxLength(Ids.Length);
            folder.Property(f => f.Colour).HasMaxLength(16);
            folder.HasIndex(f => f.OwnerId);
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
            message.Property(m => m.Currency).HasMaxLength(3);
            message.Ignore(m => m.Failure).Ignore(m => m.Usage).Ignore(m => m.Tools).Ignore(m => m.Feedback);
        });

        modelBuilder.Entity<ToolCall>(call =>
        {
            call.HasQueryFilter(c => c.OwnerId == _ownerId);
            call.Property(c => c.Id).HasMaxLength(Ids.Length);
            call.Property(c => c.ConversationId).HasMaxLength(Ids.Length);
            call.Property(c => c.Name).HasMaxLength(ToolCall.LongestName);
            call.Property(c => c.Permission).HasMaxLength(ToolGrant.LongestServer);
            call.Ignore(c => c.IsOver).Ignore(c => c.FileIds);
            // They go with their answer; those of a conversation that is removed go before.
            call.HasOne<Message>().WithMany().HasForeignKey(c => c.MessageId).OnDelete(DeleteBehavior.Cascade);
            call.HasIndex(c => c.ConversationId);
        });

        modelBuilder.Entity<ToolGrant>(grant =>
        {
            grant.HasQueryFilter(g => g.OwnerId == _ownerId);
            grant.HasKey(g => new { g.OwnerId, g.Server });
            grant.Property(g => g.Server).HasMaxLength(ToolGrant.LongestServer);
            grant.Property(g => g.Id).HasMaxLength(Ids.Length).IsRequired();
        });

        modelBuilder.Entity<PathSummary>(summary =>
        {
            summary.HasQueryFilter(s => s.OwnerId == _ownerId);
            summary.HasKey(s => s.MessageId);
            summary.Property(s => s.MessageId).HasMaxLength(Ids.Length);
            summary.HasOne<Conversation>().WithMany().HasForeignKey(s => s.ConversationId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<StoredPrompt>(prompt =>
        {
            prompt.HasQueryFilter(p => p.OwnerId == _ownerId);
            prompt.Property(p => p.Id).HasMaxLength(Ids.Length);
            prompt.HasIndex(p => p.OwnerId);
        });

        modelBuilder.Entity<StoredPreferences>(preferences =>
        {
            preferences.HasQueryFilter(p => p.OwnerId == _ownerId);
            preferences.HasKey(p => p.OwnerId);
            preferences.Property(p => p.Text).HasMaxLength(UserPreferences.Longest);
        });

        OnFilesCreating(modelBuilder);
        OnSharesCreating(modelBuilder);

        modelBuilder.Entity<MessageFeedback>(feedback =>
        {
            feedback.ToTable("Feedback");
            feedback.HasQueryFilter(f => f.OwnerId == _ownerId);
            feedback.HasKey(f => f.MessageId);
            feedback.Property(f => f.MessageId).HasMaxLength(Ids.Length);
            feedback.Property(f => f.ConversationId).HasMaxLength(Ids.Length);
            // It goes with its answer.
            feedback.HasOne<Message>().WithMany().HasForeignKey(f => f.MessageId).OnDelete(DeleteBehavior.Cascade);
            feedback.HasIndex(f => f.ConversationId);
            // Administrators read it by time, of all owners.
            feedback.HasIndex(f => new { f.At, f.MessageId });
        });
        modelBuilder.Entity<Checkpoint>().Property(checkpoint => checkpoint.InstanceId).HasMaxLength(Ids.Length);

        modelBuilder.Entity<Probe>(probe =>
        {
            probe.ToTable("Probes");
            probe.Property(p => p.Id).ValueGeneratedNever();
        });

        modelBuilder.Entity<RetentionMark>().Property(mark => mark.Id).ValueGeneratedNever();

        modelBuilder.Entity<UsageDay>(day =>
        {
            day.ToTable("UsageDays");
            day.HasQueryFilter(d => d.OwnerId == _ownerId);
            day.HasKey(d => new { d.OwnerId, d.Day, d.Model, d.Currency });
            day.Property(d => d.Currency).HasMaxLength(3);
            // Finds what is old, of all owners.
            day.HasIndex(d => d.Day);
        });

        modelBuilder.Entity<UsageCount>(count =>
        {
            count.ToTable("UsageCounts");
            count.HasQueryFilter(c => c.OwnerId == _ownerId);
            count.HasKey(c => new { c.OwnerId, c.Day, c.Model, c.Kind, c.Name });
            count.Property(c => c.Name).HasMaxLength(32);
            count.HasIndex(c => c.Day);
        });

        // Not filtered by owner: groups share budgets, and administrators see who used how much. No request of a user reads them.
        modelBuilder.Entity<KnownUser>(user =>
        {
            user.ToTable("Users");
            user.HasKey(u => u.OwnerId);
        });

        modelBuilder.Entity<UserGroup>(member =>
        {
            member.ToTable("UserGroups");
            member.HasKey(m => new { m.Group, m.OwnerId });
            member.HasIndex(m => m.OwnerId);
        });

        modelBuilder.Entity<AuditEvent>(entry =>
        {
            entry.ToTable("AuditEvents");
            entry.Property(e => e.Action).HasMaxLength(32);
            // Finds what is old.
            entry.HasIndex(e => e.At);
        });

        modelBuilder.Entity<StartKey>(key =>
        {
            key.HasQueryFilter(k => k.OwnerId == _ownerId);
            key.HasKey(k => new { k.OwnerId, k.Key });
            key.HasIndex(k => k.CreatedAt);
        });
    }

    private void OnSharesCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Share>(share =>
    {
        share.HasQueryFilter(s => s.OwnerId == _ownerId);
        share.HasKey(s => s.ConversationId);
        share.Property(s => s.ConversationId).HasMaxLength(Ids.Length);
        share.Property(s => s.LeafId).HasMaxLength(Ids.Length);
        share.Property(s => s.TokenHash).HasMaxLength(Share.HashLength);
        share.HasOne<Conversation>().WithMany().HasForeignKey(s => s.ConversationId).OnDelete(DeleteBehavior.Cascade);
        share.HasIndex(s => s.TokenHash).IsUnique();
        share.HasIndex(s => s.OwnerId);
        // Finds those that have expired, of all owners.
        share.HasIndex(s => s.ExpiresAt);
    });

    private void OnFilesCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StoredFile>(file =>
        {
            file.ToTable("Files");
            file.HasQueryFilter(f => f.OwnerId == _ownerId);
            file.Property(f => f.Id).HasMaxLength(Ids.Length);
            file.Property(f => f.Hash).HasMaxLength(43);
            file.HasIndex(f => new { f.OwnerId, f.Hash }).IsUnique();
            // Finds those that were not sent.
            file.HasIndex(f => f.UsedAt);
        });
        // Not filtered by owner: read by the id of a file that is.
        modelBuilder.Entity<FilePart>(part =>
        {
            part.ToTable("FileParts");
            part.HasKey(p => new { p.FileId, p.IsText, p.Number });
            part.Property(p => p.FileId).HasMaxLength(Ids.Length);
            part.HasOne<StoredFile>().WithMany().HasForeignKey(p => p.FileId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<MessageFile>(file =>
        {
            file.HasQueryFilter(f => f.OwnerId == _ownerId);
            file.HasKey(f => new { f.MessageId, f.Number });
            file.Property(f => f.MessageId).HasMaxLength(Ids.Length);
            file.Property(f => f.FileId).HasMaxLength(Ids.Length);
            file.HasIndex(f => f.ConversationId);
            file.HasIndex(f => f.FileId);
            file.HasOne<Conversation>().WithMany().HasForeignKey(f => f.ConversationId).OnDelete(DeleteBehavior.Cascade);
            file.HasOne<StoredFile>().WithMany().HasForeignKey(f => f.FileId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private sealed class Billionths() : ValueConverter<decimal, long>(
        amount => (long)(amount * CostPayload.Parts), number => (decimal)number / CostPayload.Parts);

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), number => DateTimeOffset.FromUnixTimeMilliseconds(number));
}
