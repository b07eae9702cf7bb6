using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>A real OpenID Connect provider, npm's <c>oidc-provider</c>, in a process of its own.</summary>
internal sealed partial class OpenIdProvider(int port) : IAsyncDisposable
{
    private RealProcess? _process;

    /// <summary>Known before it runs, because the app needs it first.</summary>
    public Uri Authority { get; } = new($"http://127.0.0.1:{port}");

    /// <param name="app">Where its users are sent back to, with a slash at the end.</param>
    public async Task StartAsync(Uri app)
    {
        _process = NodeScript.Start("Integration/SignIn/provider.mjs", new { port, app = app.ToString() });
        await _process.LineAsync(line => line.StartsWith("listening ", StringComparison.Ordinal));
    }

    /// <summary>A browser without script, which follows redirects and keeps the cookies of all sites.</summary>
    /// <param name="app">Where relative addresses lead.</param>
    /// <param name="cookies">Those that it has already; null: none.</param>
    public static HttpClient NewBrowser(Uri app, CookieContainer? cookies = null)
    {
        var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies ?? new() }) { BaseAddress = app };
        browser.DefaultRequestHeaders.Add("Accept", "text/html");
        return browser;
    }

    /// <summary>Opens a page of the app, signs in at the provider and agrees to everything.</summary>
    /// <returns>The page that the app shows then.</returns>
    public static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string path, string user)
    {
        var question = await GoToConsentAsync(browser, path, user);
        return await SendAsync(browser, question, new() { ["prompt"] = "consent" });
    }

    /// <summary>Signs in at the provider, agrees to everything, and does not open the way back to the app.</summary>
    /// <returns>The address of the way back.</returns>
    public static async Task<Uri> FindWayBackAsync(Uri app, CookieContainer cookies, string user)
    {
        using var browser = NewBrowser(app, cookies);
        using var still = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false });
        var response = await SendAsync(
            still, await GoToConsentAsync(browser, "/", user), new() { ["prompt"] = "consent" });
        var next = new Uri(response.RequestMessage!.RequestUri!, response.Headers.Location!);
        while (next.Authority != app.Authority)
        {
            response = await still.GetAsync(next);
            next = new Uri(next, response.Headers.Location!);
        }
        return next;
    }

    private static async Task<HttpResponseMessage> GoToConsentAsync(HttpClient browser, string path, string user)
    {
        var page = await browser.GetAsync(new Uri(path, UriKind.Relative));
        return await SendAsync(browser, page, new() { ["prompt"] = "login", ["login"] = user, ["password"] = "any" });
    }

    /// <summary>Sends the form of a page of the provider.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient browser, HttpResponseMessage page, Dictionary<string, string> fields)
    {
        var html = await page.Content.ReadAsStringAsync();
        var action = Action().Match(html) is { Success: true } match
            ? WebUtility.HtmlDecode(match.Groups[1].Value)
            : throw new InvalidOperationException($"{page.RequestMessage!.RequestUri} ({page.StatusCode}) has no form: {html}");
        foreach (Match hidden in Hidden().Matches(html))
            fields.TryAdd(hidden.Groups[1].Value, WebUtility.HtmlDecode(hidden.Groups[2].Value));
        return await browser.PostAsync(new Uri(page.RequestMessage!.RequestUri!, action), new FormUrlEncodedContent(fields));
    }

    /// <summary>A token for a program.</summary>
    public async Task<string> TokenAsync(string scope, string resource = "api://chatstream")
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "program",
            ["client_secret"] = "another-secret-of-the-tests",
            ["scope"] = scope,
            ["resource"] = resource,
        });
        using var response = await http.PostAsync(new Uri(Authority, "/token"), form);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return body.GetProperty("access_token").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    [GeneratedRegex("<form[^>]* action=\"([^\"]+)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
