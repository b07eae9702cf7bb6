using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Storage;

/// <summary>The tables, with their keys, indexes and owners.</summary>
internal abstract partial class ChatDbContext
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        OnConversationsCreating(modelBuilder);
        OnMessagesCreating(modelBuilder);
        OnToolsCreating(modelBuilder);
        OnUsageCreating(modelBuilder);
        OnPeopleCreating(modelBuilder);
        OnFilesCreating(modelBuilder);
        OnSharesCreating(modelBuilder);

        modelBuilder.Entity<Probe>(probe =>
        {
            probe.ToTable("Probes");
            probe.Property(p => p.Id).ValueGeneratedNever();
        });
    }

    private void OnConversationsCreating(ModelBuilder modelBuilder)
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

        modelBuilder.Entity<PathSummary>(summary =>
        {
            summary.HasQueryFilter(s => s.OwnerId == _ownerId);
            summary.HasKey(s => s.MessageId);
            summary.Property(s => s.MessageId).HasMaxLength(Ids.Length);
            summary.HasOne<Conversation>().WithMany().HasForeignKey(s => s.ConversationId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<RetentionMark>().Property(mark => mark.Id).ValueGeneratedNever();
    }

    private void OnMessagesCreating(ModelBuilder modelBuilder)
    {
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

        modelBuilder.Entity<StartKey>(key =>
        {
            key.HasQueryFilter(k => k.OwnerId == _ownerId);
            key.HasKey(k => new { k.OwnerId, k.Key });
            key.HasIndex(k => k.CreatedAt);
        });

        modelBuilder.Entity<Checkpoint>().Property(checkpoint => checkpoint.InstanceId).HasMaxLength(Ids.Length);
    }

    private void OnToolsCreating(ModelBuilder modelBuilder)
    {
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
    }

    private void OnUsageCreating(ModelBuilder modelBuilder)
    {
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
    }

    private void OnPeopleCreating(ModelBuilder modelBuilder)
    {
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
            // Finds those of a user, in their order.
            entry.HasIndex(e => new { e.OwnerId, e.Id });
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
    }

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
}
