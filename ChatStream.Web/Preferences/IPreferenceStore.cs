using ChatStream.Web.Contract;

namespace ChatStream.Web.Preferences;

/// <summary>The preferences of users who sign in: they have them in each of their browsers.</summary>
public interface IPreferenceStore
{
    /// <summary>Null: the user has chosen nothing yet.</summary>
    Task<UserPreferences?> FindAsync(Owner owner, CancellationToken cancellationToken);

    /// <summary>Stores them in the place of those before.</summary>
    Task KeepAsync(Owner owner, UserPreferences preferences);
}
