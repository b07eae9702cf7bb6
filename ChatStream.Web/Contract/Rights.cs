namespace ChatStream.Web.Contract;

/// <summary>What a user or program may do beyond what everybody may.</summary>
/// <param name="IsAdmin">May see what runs and what was used, of all users, and stop answers. Never sees their texts.</param>
/// <param name="Groups">Of the user's groups, those that the settings name.</param>
public sealed record Rights(bool IsAdmin, IReadOnlyList<string> Groups)
{
    public static Rights None { get; } = new(IsAdmin: false, []);

    /// <summary>Whether the user is in one of these groups. They are compared as the settings' other lists are.</summary>
    public bool IsInAny(IReadOnlyList<string> groups) =>
        Groups.Any(group => groups.Contains(group, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether the user may use what these groups may use. Without groups everybody may.</summary>
    public bool MayUse(IReadOnlyList<string> groups) => groups.Count == 0 || IsInAny(groups);

    public bool Equals(Rights? other) =>
        other is not null && IsAdmin == other.IsAdmin && Groups.SequenceEqual(other.Groups, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(IsAdmin, Groups.Count);
}
