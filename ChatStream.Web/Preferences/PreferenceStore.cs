using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Preferences;

internal sealed class PreferenceStore(IChatDatabase database) : IPreferenceStore
{
    private const string Keep = """
        INSERT INTO "Preferences" ("OwnerId", "Text") VALUES (@owner, @text)
        ON CONFLICT ("OwnerId") DO UPDATE SET "Text" = excluded."Text"
        """;

    /// <inheritdoc/>
    public async Task<UserPreferences?> FindAsync(Owner owner, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        var text = await db.Preferences.Select(stored => stored.Text).FirstOrDefaultAsync(cancellationToken);
        return text is null ? null : UserPreferences.Parse(text);
    }

    /// <inheritdoc/>
    public Task KeepAsync(Owner owner, UserPreferences preferences)
    {
        var text = preferences.ToString();
        return database.WriteAsync(owner, db => db.Command(Keep).With("@text", text).ExecuteNonQueryAsync());
    }
}
