using System.Collections.Concurrent;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Usage;

/// <summary>
/// Knows users by name, and the groups that share budgets. A user is written down with the first start that this process
/// gets, and again when the name or the groups have changed, or after an hour: another instance may have erased it.
/// </summary>
internal sealed class UserBook(IChatDatabase database, TimeProvider time)
{
    private const string Write = """
        INSERT INTO "Users" ("OwnerId", "Name", "SeenAt") VALUES (@owner, @name, @now)
        ON CONFLICT ("OwnerId") DO UPDATE SET "Name" = excluded."Name", "SeenAt" = excluded."SeenAt";
        DELETE FROM "UserGroups" WHERE "OwnerId" = @owner;
        """;

    private const string Join = """INSERT INTO "UserGroups" ("Group", "OwnerId") VALUES (@group, @owner)""";

    // The groups stay as long as sums do: what the user used counts in the budgets that they share.
    private const string Forget = """
        DELETE FROM "UserGroups" WHERE "OwnerId" = @owner
            AND NOT EXISTS (SELECT 1 FROM "UsageDays" AS d WHERE d."OwnerId" = @owner);
        DELETE FROM "Users" WHERE "OwnerId" = @owner;
        """;

    private static readonly TimeSpan KnownFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (string Noted, long At)> _known = new(StringComparer.Ordinal);

    /// <summary>Writes a user down, if something is new. Browsers that are users of their own have nothing to note.</summary>
    public async ValueTask NoteAsync(Caller caller)
    {
        var (name, groups) = (NameOf(caller), caller.Rights.Groups.Select(Named).Distinct(StringComparer.Ordinal).ToList());
        if (name is null)
            return;
        var noted = $"{name}\n{string.Join('\n', groups)}";
        if (_known.TryGetValue(caller.Owner.Id, out var before) && before.Noted == noted
            && time.GetElapsedTime(before.At) < KnownFor)
            return;
        await database.WriteAsync(caller.Owner, async db =>
        {
            await db.Command(Write).With("@name", name).With("@now", time.GetUtcNow()).ExecuteNonQueryAsync();
            foreach (var group in groups)
                await db.Command(Join).With("@group", group).ExecuteNonQueryAsync();
            return true;
        });
        _known[caller.Owner.Id] = (noted, time.GetTimestamp());
    }

    /// <summary>
    /// Erases a user's name, until the next start, and the groups too if no sum of the user is left. Without sums no budget of a
    /// group needs them.
    /// </summary>
    public async Task ForgetAsync(Owner owner)
    {
        await database.WriteAsync(owner, db => db.Command(Forget).ExecuteNonQueryAsync());
        _known.TryRemove(owner.Id, out _);
    }

    /// <summary>The name of a group as it is stored: the settings and the claims may differ in case.</summary>
    public static string Named(string group) => group.ToUpperInvariant();

    private static string? NameOf(Caller caller) => caller.Owner switch
    {
        { IsProgram: true } program => program.KeyName,
        // A provider passes on what a user calls oneself. PostgreSQL stores no NUL.
        { IsUser: true } => caller.Name?.Replace('\0', '\uFFFD'),
        _ => null,
    };
}
