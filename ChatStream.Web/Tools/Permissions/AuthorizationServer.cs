namespace ChatStream.Web.Tools.Permissions;

/// <summary>Where the users of a tool server give their permission, and where tokens are got.</summary>
/// <param name="Issuer">As its metadata spell it.</param>
/// <param name="Authorize">Opened by the user's browser.</param>
/// <param name="Token">Asked by this app.</param>
/// <param name="Revoke">Told of permissions that are taken back; null: there is no such endpoint.</param>
/// <param name="NamesIssuer">Whether each answer to a browser names the issuer (RFC 9207).</param>
/// <param name="TakesBasic">Whether the client's secret is sent in a header, and not in the form.</param>
/// <param name="Resource">What tokens are asked for (RFC 8707).</param>
/// <param name="Scope">What is asked for, separated by blanks; null: the server decides.</param>
internal sealed record AuthorizationServer(
    string Issuer, Uri Authorize, Uri Token, Uri? Revoke, bool NamesIssuer, bool TakesBasic, string Resource, string? Scope);
