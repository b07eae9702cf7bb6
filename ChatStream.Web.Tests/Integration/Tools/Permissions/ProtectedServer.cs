using System.Net;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.SignIn;

namespace ChatStream.Web.Tests.Integration.Tools.Permissions;

/// <summary>
/// A tool server that is a protected resource, and the authorization server that its users give permission at: each a real one,
/// in a process of its own.
/// </summary>
internal sealed partial class ProtectedServer : IAsyncDisposable
{
    private readonly int _port = FreePort.Find();
    private readonly int _authorizationPort = FreePort.Find();
    private readonly int _appPort = FreePort.Find();
    private RealProcess? _authorization;
    private RealProcess? _tickets;

    public string Address => $"http://127.0.0.1:{_port}/mcp";

    public string Issuer => $"http://127.0.0.1:{_authorizationPort}";

    /// <summary>Where the app says that browsers reach it. Nothing listens there: tests carry the answer to the app.</summary>
    public string PublicOrigin => $"http://127.0.0.1:{_appPort}";

    /// <summary>While it is there, the tool server refuses all tokens.</summary>
    public string RefuseFile { get; } = Path.Combine(Path.GetTempPath(), $"chatstream-refuse-{Guid.NewGuid():N}");

    public IEnumerable<string> Calls => Lines(_tickets!, "call of ");

    public int Refusals => Lines(_tickets!, "refused").Count();

    /// <summary>The grants that the authorization server has given, by their types.</summary>
    public IEnumerable<string> Grants => Lines(_authorization!, "grant.success ");

    public int FailedGrants => Lines(_authorization!, "grant.error").Count();

    /// <summary>Completes when the authorization server has revoked what a user gave.</summary>
    public Task RevokedAsync(string user) => _authorization!.LineAsync(line => line.Trim() == $"revoked of {user}");

    public (string Key, string Value)[] Settings =>
    [
        ("PublicOrigin", PublicOrigin),
        ("Tools:McpServers:tickets:Url", Address),
        ("Tools:McpServers:tickets:OAuth:ClientId", "chatstream"),
        ("Tools:McpServers:tickets:OAuth:Issuer", Issuer),
        ("Tools:McpServers:tickets:OAuth:Scopes:0", "tickets"),
    ];

    /// <param name="tokenLifetime">In seconds. The app renews a token 30 seconds before its end.</param>
    public async Task StartAsync(int tokenLifetime = 600)
    {
        _authorization = NodeScript.Start("Integration/Tools/Permissions/authorization.mjs", new
        {
            port = _authorizationPort,
            redirectUri = $"{PublicOrigin}/tools/tickets/callback",
            resource = Address,
            tokenLifetime,
        });
        _tickets = NodeScript.Start(
            "Integration/Tools/Permissions/tickets.mjs", new { port = _port, authorization = Issuer, refuse = RefuseFile });
        await _authorization.LineAsync(line => line.StartsWith("listening ", StringComparison.Ordinal));
        await _tickets.LineAsync(line => line.StartsWith("listening ", StringComparison.Ordinal));
    }

    /// <summary>Begins as a click on the link does.</summary>
    /// <returns>The address at the authorization server.</returns>
    public static async Task<Uri> BeginAsync(ChatClient user, string? answerId = null)
    {
        using var response = await user.Http.GetAsync(
            new Uri($"/tools/tickets/authorize{(answerId is null ? "" : $"?answer={answerId}")}", UriKind.Relative));
        return response.StatusCode == HttpStatusCode.Redirect ? response.Headers.Location!
            : throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Signs in at the authorization server and agrees, or not.</summary>
    /// <returns>The path and query at which the browser comes back to the app.</returns>
    public async Task<Uri> DecideAsync(Uri address, string name, bool agrees = true)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        http.DefaultRequestHeaders.Add("Accept", "text/html");
        var page = await FollowAsync(http, await http.GetAsync(address));
        page = await FollowAsync(http, await OpenIdProvider.SendAsync(
            http, page, new() { ["prompt"] = "login", ["login"] = name, ["password"] = "any" }));
        if (agrees)
            page = await FollowAsync(http, await OpenIdProvider.SendAsync(http, page, new() { ["prompt"] = "consent" }));
        else
            page = await FollowAsync(http, await http.GetAsync(new Uri(page.RequestMessage!.RequestUri!, AbortLink(page))));
        return new Uri(page.Headers.Location!.PathAndQuery, UriKind.Relative);
    }

    /// <summary>All of it, as a user who agrees does it.</summary>
    public async Task GiveAsync(ChatClient user, string name)
    {
        using var back = await user.Http.GetAsync(await DecideAsync(await BeginAsync(user), name));
        if (back.StatusCode != HttpStatusCode.SeeOther)
            throw new InvalidOperationException($"{back.StatusCode}: {await back.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(RefuseFile);
        if (_tickets is not null)
            await _tickets.DisposeAsync();
        if (_authorization is not null)
            await _authorization.DisposeAsync();
    }

    // Until a page, or until it leads back to the app.
    private async Task<HttpResponseMessage> FollowAsync(HttpClient http, HttpResponseMessage response)
    {
        while (response.Headers.Location is { } next)
        {
            var target = new Uri(response.RequestMessage!.RequestUri!, next);
            if (target.GetLeftPart(UriPartial.Authority) == PublicOrigin)
                break;
            response = await http.GetAsync(target);
        }
        return response;
    }

    private static string AbortLink(HttpResponseMessage page) =>
        Abort().Match(page.Content.ReadAsStringAsync().GetAwaiter().GetResult()).Groups[1].Value;

    private static IEnumerable<string> Lines(RealProcess process, string start) =>
        process.Output.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal))
            .Select(line => line[start.Length..].Trim());

    [GeneratedRegex("href=\"([^\"]+/abort)\"")]
    private static partial Regex Abort();
}
