namespace ChatStream.Web.Tools;

/// <summary>How users give their own permission to a tool server: OAuth 2.1, an authorization code with PKCE.</summary>
internal sealed class OAuthOptions
{
    /// <summary>ChatStream's id at the authorization server. Empty: users are not asked.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Empty: ChatStream is a public client.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>
    /// The authorization server. Empty: the one that the tool server names, if it is at the tool server's own origin.
    /// </summary>
    public string Issuer { get; init; } = "";

    /// <summary>What is asked for. Empty: what the tool server says.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Further origins at which the authorization server may have endpoints, beside its own.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    public bool IsUsed => ClientId.Length > 0;
}
