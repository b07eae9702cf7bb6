namespace ChatStream.Web.Storage;

/// <summary>A user's permission to use a tool server in the user's name.</summary>
internal sealed class ToolGrant
{
    /// <summary>Characters of a server's name.</summary>
    public const int LongestServer = 24;

    public required string OwnerId { get; init; }

    /// <summary>The server's name in the settings.</summary>
    public required string Server { get; init; }

    /// <summary>A new one for each permission, so that nothing made for an older one is used with it.</summary>
    public required string Id { get; init; }

    /// <summary>The tokens, encrypted for this owner and server.</summary>
    public required string Tokens { get; init; }

    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>Until then one instance has the right to renew the tokens; null: none has.</summary>
    public DateTimeOffset? RenewingUntil { get; init; }
}
