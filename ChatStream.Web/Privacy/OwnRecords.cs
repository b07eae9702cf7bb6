using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Privacy;

/// <summary>What is stored of a user beside what the user wrote: the name, the groups, permissions, the audit log.</summary>
internal sealed class OwnRecords(IChatDatabase database)
{
    /// <summary>Entries of one read. None is open while a slow client takes them.</summary>
    private const int Slice = 200;

    /// <summary>The account; null: nothing of it is stored.</summary>
    public async Task<AccountEntry?> FindAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        var name = await db.Set<KnownUser>().Where(user => user.OwnerId == owner.Id).Select(user => user.Name)
            .SingleOrDefaultAsync(cancellationToken);
        var groups = await db.Set<UserGroup>().Where(member => member.OwnerId == owner.Id).Select(member => member.Group)
            .ToListAsync(cancellationToken);
        var permissions = await db.ToolGrants.Select(grant => new PermissionEntry(grant.Server, grant.GivenAt))
            .ToListAsync(cancellationToken);
        return name is null && groups.Count + permissions.Count == 0 ? null
            : new AccountEntry(
                name, [.. groups.Order(StringComparer.Ordinal)],
                [.. permissions.OrderBy(permission => permission.Server, StringComparer.Ordinal)]);
    }

    /// <summary>What the audit log has of the user, oldest first.</summary>
    public async IAsyncEnumerable<AuditEntry> ReadAuditAsync(
        Owner owner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<AuditEvent> page;
        var last = 0L;
        do
        {
            await using (var db = database.ReadAs(owner))
            {
                page = await db.Set<AuditEvent>().AsNoTracking().Where(entry => entry.OwnerId == owner.Id && entry.Id > last)
                    .OrderBy(entry => entry.Id).Take(Slice).ToListAsync(cancellationToken);
            }
            foreach (var entry in page)
            {
                last = entry.Id;
                // A newer version beside this one writes actions that are not known here.
                if (Enum.TryParse<AuditAction>(entry.Action, out var action))
                    yield return new AuditEntry(entry.At, entry.Name ?? owner.Pseudonym, action, entry.Subject, entry.Address);
            }
        }
        while (page.Count == Slice);
    }
}
