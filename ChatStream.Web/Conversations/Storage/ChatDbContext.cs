using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ChatStream.Web.Conversations.Storage;

/// <summary>
/// The tables, as one owner sees them: each query is filtered by <paramref name="owner"/>, so that a query which forgets whose
/// data it reads cannot be written. Each kind of database derives its own context, which has its own migrations.
/// </summary>
internal abstract class ChatDbContext(DbContextOptions options, Owner owner) : DbContext(options)
{
    private readonly string _ownerId = owner.Id;

    public DbSet<Conversation> Conversations => Set<Conversation>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<StartKey> StartKeys => Set<StartKey>();

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
            message.Ignore(m => m.Failure).Ignore(m => m.Usage);
        });

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
