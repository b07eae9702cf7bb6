using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatStream.Web.Tools.Permissions;

/// <summary>
/// Finds the authorization server of a tool server by its metadata (RFC 9728, RFC 8414, OpenID Connect Discovery). Only origins
/// of the settings are asked, and only endpoints there are taken.
/// </summary>
internal sealed partial class Discovery(OAuthHttp http, TimeProvider time, ILogger<Discovery> logger)
{
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (AuthorizationServer Server, long At)> _known = new(StringComparer.Ordinal);

    /// <returns>Null: it cannot be asked, or what it says cannot be used. The log says why.</returns>
    public async Task<AuthorizationServer?> FindAsync(string name, McpServerOptions server, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(name, out var known) && time.GetElapsedTime(known.At) < KnownFor)
            return known.Server;
        try
        {
            var found = await AskAsync(server, cancellationToken);
            _known[name] = (found, time.GetTimestamp());
            return found;
        }
        catch (UnusableException fault)
        {
            Log.Unusable(logger, name, fault.Message);
        }
        catch (Exception fault) when (fault is HttpRequestException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.NotReached(logger, name, fault.GetType().Name);
        }
        return null;
    }

    private async Task<AuthorizationServer> AskAsync(McpServerOptions server, CancellationToken cancellationToken)
    {
        var origins = OAuthHttp.OriginsOf(server);
        var (issuer, resource, scope) = (server.OAuth.Issuer, server.Url, string.Join(' ', server.OAuth.Scopes));
        if (issuer.Length == 0)
        {
            var challenge = await http.ChallengeAsync(new Uri(server.Url), cancellationToken);
            var protectedResource = await FirstAsync(
                    [.. Named(challenge, server.Url), .. WellKnown(new Uri(server.Url), "oauth-protected-resource")],
                    cancellationToken)
                ?? throw new UnusableException("It has no metadata of a protected resource. Set OAuth:Issuer.");
            resource = TextOf(protectedResource, "resource") is { } named && IsAbove(named, server.Url) ? named
                : throw new UnusableException("Its metadata are of another resource.");
            issuer = TextsOf(protectedResource, "authorization_servers")
                .FirstOrDefault(one => IsAt(one, origins))
                ?? throw new UnusableException("Its authorization server is at another origin. Set OAuth:Issuer.");
            if (scope.Length == 0 && Scope().Match(challenge) is { Success: true } asked)
                scope = asked.Groups[1].Value;
            if (scope.Length == 0)
                scope = string.Join(' ', TextsOf(protectedResource, "scopes_supported"));
        }
        var address = new Uri(issuer);
        var metadata = await FirstAsync(
            [
                .. WellKnown(address, "oauth-authorization-server").Take(1),
                .. WellKnown(address, "openid-configuration").Take(1),
                new Uri($"{issuer.TrimEnd('/')}/.well-known/openid-configuration"),
            ],
            cancellationToken) ?? throw new UnusableException("Its authorization server has no metadata.");
        if (TextOf(metadata, "issuer") != issuer)
            throw new UnusableException("The metadata are of another issuer. Spell OAuth:Issuer as the issuer does.");
        // RFC 8414 lets an issuer of the settings be silent about PKCE. One that a tool server names has to say it.
        var says = metadata.TryGetProperty("code_challenge_methods_supported", out _);
        if (says ? !TextsOf(metadata, "code_challenge_methods_supported").Contains("S256") : server.OAuth.Issuer.Length == 0)
            throw new UnusableException("Its authorization server does not say that it takes PKCE with S256.");
        var methods = TextsOf(metadata, "token_endpoint_auth_methods_supported").ToList();
        return new AuthorizationServer(
            issuer,
            EndpointOf(metadata, "authorization_endpoint", origins)
                ?? throw new UnusableException("It has no authorization endpoint at an origin of the settings."),
            EndpointOf(metadata, "token_endpoint", origins)
                ?? throw new UnusableException("It has no token endpoint at an origin of the settings."),
            EndpointOf(metadata, "revocation_endpoint", origins),
            metadata.TryGetProperty("authorization_response_iss_parameter_supported", out var names)
                && names.ValueKind == JsonValueKind.True,
            methods.Count == 0 || methods.Contains("client_secret_basic"),
            resource,
            scope.Length > 0 ? scope : null);
    }

    private async Task<JsonElement?> FirstAsync(IEnumerable<Uri> addresses, CancellationToken cancellationToken)
    {
        foreach (var address in addresses)
        {
            if (await http.FindAsync(address, cancellationToken) is { } found)
                return found;
        }
        return null;
    }

    /// <summary>Where the server says that its metadata are, if that is at its own origin.</summary>
    private static IEnumerable<Uri> Named(string challenge, string server) =>
        ResourceMetadata().Match(challenge) is { Success: true } match
        && Uri.TryCreate(match.Groups[1].Value, UriKind.Absolute, out var named)
        && OAuthHttp.OriginOf(named) == OAuthHttp.OriginOf(new Uri(server)) ? [named] : [];

    /// <summary>Below the origin with the path behind it, and then without.</summary>
    private static IEnumerable<Uri> WellKnown(Uri address, string document)
    {
        var origin = OAuthHttp.OriginOf(address);
        if (address.AbsolutePath.TrimEnd('/') is { Length: > 0 } path)
            yield return new Uri($"{origin}/.well-known/{document}{path}");
        yield return new Uri($"{origin}/.well-known/{document}");
    }

    /// <summary>Whether a resource is the server, or what the server is below.</summary>
    private static bool IsAbove(string resource, string server) => Uri.TryCreate(resource, UriKind.Absolute, out var above)
        && new Uri(server) is var below && OAuthHttp.OriginOf(above) == OAuthHttp.OriginOf(below)
        && $"{below.AbsolutePath.TrimEnd('/')}/".StartsWith($"{above.AbsolutePath.TrimEnd('/')}/", StringComparison.Ordinal);

    private static Uri? EndpointOf(JsonElement metadata, string name, HashSet<string> origins) =>
        TextOf(metadata, name) is { } text && IsAt(text, origins) ? new Uri(text) : null;

    private static bool IsAt(string text, HashSet<string> origins) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && origins.Contains(OAuthHttp.OriginOf(address));

    private static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string> TextsOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!)
            : [];

    [GeneratedRegex("\\bresource_metadata=\"([^\"]{1,2000})\"")]
    private static partial Regex ResourceMetadata();

    [GeneratedRegex("\\bscope=\"([!#-\\[\\]-~ ]{1,1000})\"")]
    private static partial Regex Scope();

    private sealed class UnusableException(string message) : Exception(message);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "Users cannot give their permission to the tool server {Server}: {Reason}")]
        public static partial void Unusable(ILogger logger, string server, string reason);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The authorization server of the tool server {Server} cannot be reached ({Fault}).")]
        public static partial void NotReached(ILogger logger, string server, string fault);
    }
}
