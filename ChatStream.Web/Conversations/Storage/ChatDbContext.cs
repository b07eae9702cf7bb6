using System.Data.Common;
using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ChatStream.Web.Conversations.Storage;

/// <summary>
/// The tables, as one owner sees them: each query is filtered by the owner, so that a query which forgets whose data it reads
/// cannot be written. Each kind of database derives its own context, which has its own migrations.
/// </summary>
internal abstract class ChatDbContext(DbContextOptions options) : DbContext(options)
{
    private string _ownerId = default(Owner).Id;

    public DbSet<Conversation> Conversations => Set<Conversation>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<StartKey> StartKeys => Set<StartKey>();

    /// <summary>Of all owners together: what is read of it goes to an answer that is reached by its owner.</summary>
    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();

    /// <summary>Makes a text of a conversation findable, once: a message's, or the title's where there is no message.</summary>
    public abstract Task IndexAsync(string ownerId, string conversationId, string? messageId, string text);

    /// <summary>Makes a conversation findable by its new title, and no longer by the one before.</summary>
    public async Task ReindexTitleAsync(string ownerId, string conversationId, string title)
    {
        await Database.ExecuteSqlAsync($"""DELETE FROM "SearchDocuments" WHERE "ConversationId" = {conversationId} AND "MessageId" IS NULL""");
        await IndexAsync(ownerId, conversationId, messageId: null, title);
    }

    /// <summary>The ids of this owner's conversations in which one text has all of these terms.</summary>
    public abstract IQueryable<string> Matching(IReadOnlyList<SearchTerm> terms);

    /// <summary>Whose data it shows from now on, until it goes back to its pool.</summary>
    public void ShowTo(Owner owner) => _ownerId = owner.Id;

    /// <summary>
    /// A command past the entities, for what every answer does: they cost more there than the database. No filter reaches it, so it has
    /// the owner as <c>@owner</c>, and must ask for no row without it. It is good for one execution, and not to be disposed.
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
            message.HasOne<Conversation>().WithMany().HasForeignKey(m => m.ConversationId).OnDelete(DeleteBehavior.Cascade);
            // What a crash left running is found without a look at everything else.
            message.HasIndex(m => m.Role, "IX_Messages_Running").HasFilter("\"Role\" = 'Assistant' AND \"FinishReason\" IS NULL");
            message.Ignore(m => m.Failure).Ignore(m => m.Usage);
        });

        modelBuilder.Entity<Checkpoint>();

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
