using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.DataProtection;

namespace ChatStream.Web.Tools.Permissions;

/// <summary>The tokens of one permission, and for what they may be used.</summary>
/// <param name="Access">Sent to the tool server.</param>
/// <param name="Refresh">Gets the next access token; null: the user is asked again.</param>
/// <param name="Until">When the access token ends; null: the server did not say.</param>
/// <param name="Url">The tool server that they are for. They are sent to no other.</param>
/// <param name="Issuer">Who issued them. No other is asked to renew them.</param>
/// <param name="ClientId">To which client.</param>
internal sealed record Tokens(
    string Access, string? Refresh, DateTimeOffset? Until, string Url, string Issuer, string ClientId);

/// <summary>A request for permission while its user is at the authorization server.</summary>
/// <param name="Verifier">The secret of PKCE.</param>
/// <param name="RedirectUri">Where the user comes back to.</param>
/// <param name="AnswerId">The answer that is shown then; null: the settings.</param>
/// <param name="Until">When it ends.</param>
internal sealed record Request(string Verifier, string RedirectUri, string? AnswerId, DateTimeOffset Until);

/// <summary>
/// Encrypts what only this ChatStream may read, for one owner and one server: for any other it cannot be decrypted. All instances
/// have the keys.
/// </summary>
internal sealed partial class Sealed(IDataProtectionProvider protection)
{
    public string Seal(Tokens tokens, Owner owner, string server) =>
        For("tokens", owner, server).Protect(JsonSerializer.Serialize(tokens, Json.Default.Tokens));

    public string Seal(Request request, Owner owner, string server) =>
        For("request", owner, server).Protect(JsonSerializer.Serialize(request, Json.Default.Request));

    /// <returns>Null: it is another's, or the key is gone.</returns>
    public Tokens? OpenTokens(string text, Owner owner, string server) =>
        Open(text, "tokens", owner, server) is { } json ? JsonSerializer.Deserialize(json, Json.Default.Tokens) : null;

    /// <inheritdoc cref="OpenTokens"/>
    public Request? OpenRequest(string text, Owner owner, string server) =>
        Open(text, "request", owner, server) is { } json ? JsonSerializer.Deserialize(json, Json.Default.Request) : null;

    private string? Open(string text, string kind, Owner owner, string server)
    {
        try
        {
            return For(kind, owner, server).Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector For(string kind, Owner owner, string server) =>
        protection.CreateProtector("ChatStream.Tools.Permissions", kind, owner.Id, server);

    [JsonSerializable(typeof(Tokens))]
    [JsonSerializable(typeof(Request))]
    private sealed partial class Json : JsonSerializerContext;
}
