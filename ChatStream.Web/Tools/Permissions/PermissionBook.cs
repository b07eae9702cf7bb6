using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Tools.Permissions;

internal sealed partial class PermissionBook(
    IOptions<ToolOptions> options, Discovery discovery, TokenEndpoint endpoint, GrantStore store, Sealed secrets,
    TimeProvider time, ILogger<PermissionBook> logger) : IPermissions, IAsyncDisposable
{
    /// <summary>How long a user may take at the authorization server.</summary>
    private static readonly TimeSpan RequestFor = TimeSpan.FromMinutes(15);

    /// <summary>A token that ends so soon is renewed first.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>How long one instance may take to renew tokens. Its request ends far earlier.</summary>
    private static readonly TimeSpan RenewFor = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a database that did not take renewed tokens is left alone before they are written again.</summary>
    private static readonly TimeSpan KeepAgain = TimeSpan.FromSeconds(1);

    /// <summary>How long authorization servers may take to be told that permissions were taken back.</summary>
    private static readonly TimeSpan RevokeFor = TimeSpan.FromSeconds(10);

    /// <summary>How long the end of the process waits for tokens that are being renewed.</summary>
    public static readonly TimeSpan DisposeFor = TimeSpan.FromSeconds(15);

    /// <summary>Renewals of this process, until what they got is stored.</summary>
    private readonly ConcurrentDictionary<(Owner Owner, string Server), Task> _renewing = new();

    private readonly CancellationTokenSource _disposed = new();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PermittedServer>> ListAsync(Owner owner, Rights rights, CancellationToken cancellationToken)
    {
        var servers = options.Value.McpServers.Where(server => IsFor(server.Value, owner, rights)).Select(server => server.Key)
            .Order(StringComparer.Ordinal).ToList();
        if (servers.Count == 0)
            return [];
        var given = (await store.AllAsync(owner, cancellationToken)).ToDictionary(grant => grant.Server, StringComparer.Ordinal);
        return [.. servers.Select(server => given.TryGetValue(server, out var grant)
            ? new PermittedServer(server, grant.GivenAt, IsOfUse(grant, options.Value.McpServers[server], owner))
            : new PermittedServer(server, GivenAt: null, IsOfUse: false))];
    }

    /// <inheritdoc/>
    public async Task<Uri> AskAsync(
        Owner owner, Rights rights, string server, string redirectUri, string? answerId, CancellationToken cancellationToken)
    {
        var settings = Find(server, owner, rights);
        var issuer = await discovery.FindAsync(server, settings, cancellationToken) ?? throw NotReached();
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var request = new Request(verifier, redirectUri, answerId, time.GetUtcNow() + RequestFor);
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = settings.OAuth.ClientId,
            ["redirect_uri"] = redirectUri,
            ["state"] = secrets.Seal(request, owner, server),
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["resource"] = issuer.Resource,
        };
        if (issuer.Scope is { } scope)
            query["scope"] = scope;
        // OpenID Connect 11: without it a provider gives no refresh token.
        if (issuer.Scope?.Split(' ').Contains("offline_access") == true)
            query["prompt"] = "consent";
        return new Uri(QueryHelpers.AddQueryString(issuer.Authorize.ToString(), query));
    }

    /// <inheritdoc/>
    public async Task<string?> TakeAsync(
        Owner owner, Rights rights, string server, PermissionAnswer answer, CancellationToken cancellationToken)
    {
        var settings = Find(server, owner, rights);
        // Who has begun it is part of the key: with another user's state this one gets no permission of that user.
        if (answer.State is not { Length: > 0 } state || secrets.OpenRequest(state, owner, server) is not { } request
            || request.Until < time.GetUtcNow())
        {
            throw new RefusedException(
                400, "state", "This is no answer to a request of this user, or it is too late.", "permission_unasked");
        }
        var issuer = await discovery.FindAsync(server, settings, cancellationToken) ?? throw NotReached();
        // RFC 9207: the answer of another authorization server must not be taken for one of this.
        if (answer.Issuer is { } named ? named != issuer.Issuer : issuer.NamesIssuer)
            throw new RefusedException(400, "iss", "This is the answer of another issuer.", "permission_unasked");
        if (answer.Error is not null || answer.Code is not { Length: > 0 } code)
        {
            Log.NotGiven(logger, server, IsWord(answer.Error) ? answer.Error! : "no word");
            throw new RefusedException(403, "error", "The permission was not given.", "permission_denied");
        }
        try
        {
            var tokens = await endpoint.ExchangeAsync(settings, issuer, code, request, cancellationToken);
            await store.PutAsync(owner, server, secrets.Seal(tokens, owner, server));
        }
        catch (TokenRefusedException)
        {
            throw new RefusedException(
                400, "code", "The authorization server does not take this code.", "permission_unasked");
        }
        catch (PermissionException)
        {
            throw NotReached();
        }
        Log.Given(logger, server);
        return request.AnswerId;
    }

    /// <inheritdoc/>
    public async Task RevokeAsync(Owner owner, string server)
    {
        using var late = new CancellationTokenSource(RevokeFor, time);
        await RevokeAsync(owner, server, late.Token);
    }

    /// <inheritdoc/>
    public async Task RevokeAllAsync(Owner owner)
    {
        using var late = new CancellationTokenSource(RevokeFor, time);
        await Task.WhenAll((await store.AllAsync(owner, CancellationToken.None))
            .Select(grant => RevokeAsync(owner, grant.Server, late.Token)));
    }

    /// <summary>Waits until renewed tokens are stored, if the database takes them in time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
            return; // it is registered under two types
        try
        {
            await Task.WhenAll(_renewing.Values).WaitAsync(DisposeFor, time);
        }
        catch (TimeoutException)
        {
            foreach (var (_, server) in _renewing.Keys)
                Log.Lost(logger, server);
        }
        await _disposed.CancelAsync();
        _disposed.Dispose();
    }

    /// <summary>The permission that an owner has given and not taken back; null: none, or it is of no use any more.</summary>
    public async Task<ToolGrant?> FindAsync(Owner owner, string server, CancellationToken cancellationToken) =>
        await store.FindAsync(owner, server, cancellationToken) is { } grant
        && IsOfUse(grant, options.Value.McpServers[server], owner) ? grant : null;

    /// <summary>A token for a request to a server, renewed where that is needed.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="refused">A token that the server has just refused; null: none.</param>
    /// <param name="cancellationToken">Ends the wait. What has begun to be renewed is stored all the same.</param>
    /// <exception cref="PermissionException">There is none.</exception>
    public async Task<string> TokenAsync(Owner owner, string server, string? refused, CancellationToken cancellationToken)
    {
        var (settings, isRenewed) = (options.Value.McpServers[server], false);
        while (await store.FindAsync(owner, server, cancellationToken) is { } grant
            && UsableTokens(grant, settings, owner) is { } tokens)
        {
            // One that was renewed for this request is sent, however soon it ends: some are of use for seconds only.
            if (tokens.Access != refused && (isRenewed || !(tokens.Until < time.GetUtcNow() + Soon)))
                return tokens.Access;
            // Renewed once and still the one that was refused: it would be so again.
            if (tokens.Refresh is null || isRenewed)
            {
                // Until its end a token that is not refused is of use, though not for long.
                if (tokens.Access != refused && tokens.Until > time.GetUtcNow())
                    return tokens.Access;
                await store.DropAsync(owner, grant);
                break;
            }
            // Found first: that may take longer than the right to renew lasts.
            var issuer = await discovery.FindAsync(server, settings, cancellationToken)
                ?? throw new PermissionException(needsUser: false);
            isRenewed = !_renewing.ContainsKey((owner, server)) && await store.TakeAsync(owner, grant, RenewFor);
            if (isRenewed)
                await RenewAsync(owner, settings, issuer, grant, tokens).WaitAsync(cancellationToken);
            else
                await Task.Delay(LookAgain, time, cancellationToken); // another call or instance is renewing them
        }
        throw new PermissionException(needsUser: true);
    }

    /// <summary>Forgets a permission whose newest token the server has refused.</summary>
    public async Task ForgetAsync(Owner owner, string server, string refused)
    {
        if (await store.FindAsync(owner, server, CancellationToken.None) is { } grant
            && secrets.OpenTokens(grant.Tokens, owner, server)?.Access == refused)
            await store.DropAsync(owner, grant);
    }

    /// <summary>Whether a user may give a server permission at all.</summary>
    private static bool IsFor(McpServerOptions server, Owner owner, Rights rights) =>
        server.OAuth.IsUsed && !owner.IsProgram
        && (rights.MayUse(server.Groups) || server.Tools.Values.Any(tool => tool.Groups is { } groups && rights.MayUse(groups)));

    // It goes on without the caller: a refresh token that was used and is not stored would be lost.
    private async Task RenewAsync(
        Owner owner, McpServerOptions settings, AuthorizationServer issuer, ToolGrant grant, Tokens tokens)
    {
        var done = new TaskCompletionSource();
        _renewing[(owner, grant.Server)] = done.Task;
        try
        {
            var renewed = await endpoint.RenewAsync(settings, issuer, tokens);
            await KeepAsync(owner, settings, issuer, grant, renewed);
            Log.Renewed(logger, grant.Server);
        }
        catch (TokenRefusedException)
        {
            await store.DropAsync(owner, grant);
            Log.Ended(logger, grant.Server);
        }
        catch (PermissionException)
        {
            await store.ReleaseAsync(owner, grant);
            throw;
        }
        finally
        {
            _renewing.TryRemove((owner, grant.Server), out _);
            done.SetResult();
        }
    }

    // The old ones are of no use any more, so these are written until the database takes them.
    private async Task KeepAsync(
        Owner owner, McpServerOptions settings, AuthorizationServer issuer, ToolGrant grant, Tokens renewed)
    {
        var (text, ended) = (secrets.Seal(renewed, owner, grant.Server), _disposed.Token);
        while (true)
        {
            try
            {
                // A user who took the permission back meanwhile did not take these back.
                if (!await store.ChangeAsync(owner, grant, text)
                    && await store.FindAsync(owner, grant.Server, CancellationToken.None) is null
                    && !await endpoint.RevokeAsync(settings, issuer, renewed, CancellationToken.None))
                    Log.NotTold(logger, grant.Server);
                return;
            }
            catch (Exception fault) when (fault is StorageException || StorageException.IsBehind(fault))
            {
                Log.NotKept(logger, grant.Server, fault);
            }
            await Task.Delay(KeepAgain, time, ended);
        }
    }

    private async Task RevokeAsync(Owner owner, string server, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(owner, server, CancellationToken.None) is not { } grant)
            return;
        while (!await store.DropAsync(owner, grant))
        {
            if (await store.FindAsync(owner, server, CancellationToken.None) is not { } renewed)
                return;
            grant = renewed;
        }
        // It is gone here whether or not the authorization server can be told.
        if (!options.Value.McpServers.TryGetValue(server, out var settings) || !settings.OAuth.IsUsed
            || UsableTokens(grant, settings, owner) is not { } tokens
            || !await IsToldAsync(server, settings, tokens, cancellationToken))
            Log.NotTold(logger, server);
    }

    private async Task<bool> IsToldAsync(
        string server, McpServerOptions settings, Tokens tokens, CancellationToken cancellationToken)
    {
        try
        {
            return await discovery.FindAsync(server, settings, cancellationToken) is { } issuer
                && issuer.Issuer == tokens.Issuer
                && await endpoint.RevokeAsync(settings, issuer, tokens, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false; // it takes too long
        }
    }

    private bool IsOfUse(ToolGrant grant, McpServerOptions settings, Owner owner) =>
        UsableTokens(grant, settings, owner) is { } tokens
        && (tokens.Refresh is not null || !(tokens.Until <= time.GetUtcNow()));

    // The settings may have changed since the user gave it: then it was given to something else.
    private Tokens? UsableTokens(ToolGrant grant, McpServerOptions settings, Owner owner) =>
        secrets.OpenTokens(grant.Tokens, owner, grant.Server) is { } tokens
        && tokens.Url == settings.Url && tokens.ClientId == settings.OAuth.ClientId
        && (settings.OAuth.Issuer.Length == 0 || settings.OAuth.Issuer == tokens.Issuer) ? tokens : null;

    private McpServerOptions Find(string server, Owner owner, Rights rights) =>
        options.Value.McpServers.TryGetValue(server, out var settings) && IsFor(settings, owner, rights) ? settings
            : throw new RefusedException(404, "server", "There is no such tool server that needs a permission.");

    private static RefusedException NotReached() =>
        new(502, "server", "The authorization server cannot be asked.", "permission_unreachable");

    // The log has nothing that a stranger wrote.
    private static bool IsWord(string? error) =>
        error is { Length: > 0 and <= 40 } && error.All(c => char.IsAsciiLetterLower(c) || c == '_');

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "A user has given permission to the tool server {Server}.")]
        public static partial void Given(ILogger logger, string server);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information,
            Message = "A user has not given permission to the tool server {Server}: {Reason}.")]
        public static partial void NotGiven(ILogger logger, string server, string reason);

        [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "Tokens for the tool server {Server} were renewed.")]
        public static partial void Renewed(ILogger logger, string server);

        [LoggerMessage(EventId = 4, Level = LogLevel.Information,
            Message = "A permission for the tool server {Server} has ended: its tokens are not renewed.")]
        public static partial void Ended(ILogger logger, string server);

        [LoggerMessage(EventId = 5, Level = LogLevel.Warning,
            Message = "Renewed tokens for the tool server {Server} were not stored. They are written again.")]
        public static partial void NotKept(ILogger logger, string server, Exception fault);

        [LoggerMessage(EventId = 6, Level = LogLevel.Error,
            Message = "Renewed tokens for the tool server {Server} are lost: the process ends, and they are not stored. "
                + "Their user may have to give permission again.")]
        public static partial void Lost(ILogger logger, string server);

        [LoggerMessage(EventId = 7, Level = LogLevel.Information,
            Message = "A permission for the tool server {Server} was taken back. Its authorization server was not told.")]
        public static partial void NotTold(ILogger logger, string server);
    }
}
