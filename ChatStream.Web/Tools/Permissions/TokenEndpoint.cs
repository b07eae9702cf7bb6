using System.Text.Json;

namespace ChatStream.Web.Tools.Permissions;

/// <summary>The authorization server does not take a code or a refresh token (any more).</summary>
internal sealed class TokenRefusedException() : Exception("The code or token is not taken.");

/// <summary>Gets tokens for a code, renews them and has them revoked (RFC 6749, 7009, 7636, 8707).</summary>
internal sealed class TokenEndpoint(OAuthHttp http, TimeProvider time)
{
    /// <summary>Characters of a token. A header is limited, too.</summary>
    private const int LongestToken = 16 * 1024;

    /// <summary>A code or token that is not taken, as RFC 6749 5.2 says it, and as GitHub does, with status 200.</summary>
    private static readonly string[] Refusals = ["invalid_grant", "bad_verification_code", "bad_refresh_token"];

    /// <exception cref="TokenRefusedException">The code is not taken.</exception>
    /// <exception cref="PermissionException">The server cannot be asked.</exception>
    public Task<Tokens> ExchangeAsync(
        McpServerOptions server, AuthorizationServer issuer, string code, Request request, CancellationToken cancellationToken) =>
        AskAsync(server, issuer, refresh: null, new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = request.RedirectUri,
            ["code_verifier"] = request.Verifier,
            ["resource"] = issuer.Resource,
        }, cancellationToken);

    /// <inheritdoc cref="ExchangeAsync"/>
    public Task<Tokens> RenewAsync(
        McpServerOptions server, AuthorizationServer issuer, Tokens tokens) => issuer.Issuer != tokens.Issuer
        ? throw new TokenRefusedException() // of an issuer that the server does not name any more
        : AskAsync(server, issuer, tokens.Refresh, new()
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = tokens.Refresh!,
            ["resource"] = issuer.Resource,
        }, CancellationToken.None);

    /// <summary>Has tokens revoked: first the one that gets new ones.</summary>
    /// <returns>Whether the server has done it. One without such an endpoint has not.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<bool> RevokeAsync(
        McpServerOptions server, AuthorizationServer issuer, Tokens tokens, CancellationToken cancellationToken)
    {
        if (issuer.Revoke is null)
            return false;
        try
        {
            foreach (var token in new[] { tokens.Refresh, tokens.Access }.OfType<string>())
            {
                var (status, _) = await http.SendAsync(
                    issuer.Revoke, server.OAuth, issuer.TakesBasic, new() { ["token"] = token }, cancellationToken);
                if (status != StatusCodes.Status200OK)
                    return false;
            }
            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<Tokens> AskAsync(
        McpServerOptions server, AuthorizationServer issuer, string? refresh, Dictionary<string, string> form,
        CancellationToken cancellationToken)
    {
        int status;
        JsonElement? body;
        try
        {
            (status, body) = await http.SendAsync(issuer.Token, server.OAuth, issuer.TakesBasic, form, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new PermissionException(needsUser: false, fault);
        }
        if (status < StatusCodes.Status500InternalServerError && body is { } refusal && TextOf(refusal, "access_token") is null
            && TextOf(refusal, "error") is { } error && Refusals.Contains(error))
            throw new TokenRefusedException();
        if (status != StatusCodes.Status200OK || body is not { } json || TextOf(json, "access_token") is not { } access
            || TextOf(json, "token_type") is not { } type || !type.Equals("bearer", StringComparison.OrdinalIgnoreCase))
            throw new PermissionException(needsUser: false);
        return new Tokens(
            access, TextOf(json, "refresh_token") ?? refresh,
            json.TryGetProperty("expires_in", out var seconds) && seconds.ValueKind == JsonValueKind.Number
                && seconds.TryGetDouble(out var lifetime) && lifetime is >= 0 and < 1e9
                ? time.GetUtcNow() + TimeSpan.FromSeconds(lifetime) : null,
            server.Url, issuer.Issuer, server.OAuth.ClientId);
    }

    // A token becomes part of a header.
    private static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 and <= LongestToken } text && text.All(c => c is > ' ' and <= '~') ? text : null;
}
