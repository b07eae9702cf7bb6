namespace ChatStream.Web.Storage;

/// <summary>A user who has signed in, or a program with a key, that has started an answer.</summary>
internal sealed class KnownUser
{
    public required string OwnerId { get; init; }

    /// <summary>As the provider, the proxy or the settings name the user.</summary>
    public required string Name { get; set; }

    /// <summary>When it was written down.</summary>
    public required DateTimeOffset SeenAt { get; set; }
}

/// <summary>A user in a group. There are those groups only that the settings name.</summary>
internal sealed class UserGroup
{
    /// <summary>In capital letters.</summary>
    public required string Group { get; init; }

    public required string OwnerId { get; init; }
}
