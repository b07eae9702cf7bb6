using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.SignIn;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Privacy;

/// <summary>What a browser wrote before its user had to sign in, and what becomes of it then.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class BrowserMoveTests(DatabaseKind kind) : AppTest
{
    private TestDatabase _place = null!;
    private ChatApp.Setup _setup = null!;

    [OneTimeTearDown]
    public async Task DropAsync() => await _place.DisposeAsync();

    protected override async Task PrepareAsync() => _place = await TestDatabase.NewAsync(kind);

    protected override void Configure(ChatApp.Setup setup)
    {
        _setup = setup;
        _place.Use(setup);
        setup.Settings["SignIn:Kind"] = "Browser";
    }

    [TearDown]
    public async Task UseBrowsersAsync()
    {
        foreach (var key in _setup.Settings.Keys.Where(key => key.StartsWith("SignIn:", StringComparison.Ordinal)).ToList())
            _setup.Settings.Remove(key);
        await RestartAsync();
    }

    [Test]
    public async Task It_is_moved_whole_under_the_same_id_if_the_user_says_so()
    {
        var file = (await User.UploadAsync("words"u8.ToArray(), "a.txt")).Body.GetProperty("id").GetString()!;
        var own = (await User.UploadAsync("others"u8.ToArray(), "b.txt")).Body.GetProperty("id").GetString()!;
        var (_, asked) = await User.JsonAsync(
            ChatClient.Post(new { message = "Whale", files = new[] { file, own } }, accept: "application/json"));
        var id = asked.GetProperty("conversationId").GetString()!;
        await User.AskAsync("Second", id);
        var (_, folder) = await User.JsonAsync(new HttpRequestMessage(HttpMethod.Post, "/folders")
        {
            Content = JsonContent.Create(new { name = "Ships" }),
        });
        await User.Http.PatchAsJsonAsync(
            $"/conversations/{id}", new { folderId = folder.GetProperty("id").GetString(), pinned = true }, Token);
        var before = await BodyAsync($"/conversations/{id}");
        using var prompt = await User.Http.PostAsync(
            "/prompts", new StringContent("""{"title":"Mine","text":"My text"}""", null, "application/json"), Token);

        await SignInByHeaderAsync("ann");
        Assert.That(await BodyAsync("/prompts"), Is.EqualTo("""{"prompts":[]}"""));
        Assert.That(await StatusAsync($"/conversations/{id}"), Is.EqualTo(404));
        Assert.That(await StatusAsync($"/files/{file}"), Is.EqualTo(404));
        var same = (await User.UploadAsync("words"u8.ToArray(), "a.txt")).Body.GetProperty("id").GetString()!;
        Assert.That(await BodyAsync("/", "text/html"), Does.Contain("1 from before you signed in"));
        Assert.That(await BodyAsync("/account", "text/html"), Does.Contain("From before you signed in"));
        var moved = await SendAsync("what=move");

        Assert.That((moved.Status, moved.Location), Is.EqualTo((303, "/account?moved=1")));
        Assert.That(
            await BodyAsync("/account?moved=1", "text/html"),
            Does.Contain("yours now: 1").And.Not.Contain("From before you signed in"));
        var after = await BodyAsync($"/conversations/{id}");
        Assert.That(after, Does.Contain("\"name\":\"Ships\"").And.Contain("\"pinned\":true"));
        Assert.That(TextsOf(after), Is.EqualTo(TextsOf(before)));
        Assert.That(
            after,
            Does.Contain($"{{\"id\":\"{same}\"").And.Contain($"{{\"id\":\"{own}\"").And.Not.Contain($"{{\"id\":\"{file}\""),
            "a file that the user has is one");
        Assert.That(await BodyAsync($"/files/{own}", "*/*"), Is.EqualTo("others"));
        Assert.That(await FoundAsync("whale"), Is.EqualTo(new[] { id }), "the search index is the user's");
        Assert.That(await BodyAsync("/prompts"), Does.Contain("\"title\":\"Mine\""));
        Assert.That(await FoundAsync("second"), Is.EqualTo(new[] { id }));
        var next = await User.AskAsync("Third", id);
        Assert.That(next.GetProperty("text").GetString(), Is.EqualTo("Third"));
        Assert.That((await SendAsync("what=move")).Status, Is.EqualTo(404), "nothing is left");
    }

    [Test]
    public async Task What_the_audit_log_has_of_the_browser_goes_along_and_is_erased_with_the_user()
    {
        await User.AskAsync("Whale");
        var id = (await User.AskAsync("Shark")).GetProperty("conversationId").GetString()!;
        (await User.Http.DeleteAsync(new Uri($"/conversations/{id}", UriKind.Relative), Token)).Dispose();
        await SignInByHeaderAsync("eve");
        var before = await NotedAsync(id);

        await SendAsync("what=move");
        var moved = await NotedAsync(id);
        (await User.Http.DeleteAsync(new Uri("/account", UriKind.Relative), Token)).Dispose();
        var erased = await NotedAsync(id);

        Assert.That(new Owner(before.OwnerId).IsBrowser);
        Assert.That(before.Address, Is.Not.Null);
        Assert.That((new Owner(moved.OwnerId).IsUser, moved.Address), Is.EqualTo((true, before.Address)));
        Assert.That((erased.OwnerId, erased.Address), Is.EqualTo((Owner.Erased.Id, (string?)null)));
    }

    [Test]
    public async Task Prompts_and_folders_alone_are_offered_too()
    {
        using var prompt = await User.Http.PostAsync(
            "/prompts", new StringContent("""{"title":"Mine","text":"My text"}""", null, "application/json"), Token);
        await User.JsonAsync(new HttpRequestMessage(HttpMethod.Post, "/folders")
        {
            Content = JsonContent.Create(new { name = "Ships" }),
        });

        await SignInByHeaderAsync("dan");
        Assert.That(await BodyAsync("/", "text/html"), Does.Contain("From before you signed in</a>"));
        Assert.That(await BodyAsync("/account", "text/html"), Does.Contain("has prompts (1) and folders (1)"));
        Assert.That((await SendAsync("what=move")).Location, Is.EqualTo("/account?moved=0"));

        Assert.That(
            await BodyAsync("/account?moved=0", "text/html"),
            Does.Contain("What this browser had is yours now.").And.Not.Contain("From before you signed in"));
        Assert.That(await BodyAsync("/prompts"), Does.Contain("\"title\":\"Mine\""));
        Assert.That(await BodyAsync("/folders"), Does.Contain("\"name\":\"Ships\""));
    }

    [Test]
    public async Task It_is_deleted_if_the_user_says_so_and_nothing_happens_without_a_choice()
    {
        var id = (await User.AskAsync("Whale")).GetProperty("conversationId").GetString()!;
        await SignInByHeaderAsync("bea");

        var refused = await SendAsync("what=");
        var deleted = await SendAsync("what=delete");

        Assert.That(refused.Status, Is.EqualTo(400));
        Assert.That((deleted.Status, deleted.Location), Is.EqualTo((303, "/account?erased=1")));
        Assert.That((await SendAsync("what=move")).Status, Is.EqualTo(404));
        Assert.That(await StatusAsync($"/conversations/{id}"), Is.EqualTo(404));
    }

    [Test]
    public async Task Another_browser_has_nothing_to_move()
    {
        await User.AskAsync("Whale");
        await SignInByHeaderAsync("cid");
        using var other = App.NewUser();
        other.Http.DefaultRequestHeaders.Add("X-Forwarded-User", "cid");
        using var form = new FormUrlEncodedContent([new("what", "move")]);

        using var moved = await other.Http.PostAsync("/account/browser", form, Token);

        Assert.That(moved.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_session_of_a_provider_remembers_the_browser_until_it_is_moved()
    {
        var id = (await User.AskAsync("Whale")).GetProperty("conversationId").GetString()!;
        await using var provider = new OpenIdProvider(FreePort.Find());
        _setup.Settings["SignIn:Kind"] = "OpenIdConnect";
        _setup.Settings["SignIn:Authority"] = provider.Authority.ToString().TrimEnd('/');
        _setup.Settings["SignIn:ClientId"] = "chatstream";
        _setup.Settings["SignIn:ClientSecret"] = "a-secret-of-the-tests";
        await RestartAsync();
        await provider.StartAsync(App.Address);
        using var browser = OpenIdProvider.NewBrowser(App.Address, User.Cookies);
        using var page = await OpenIdProvider.SignInAsync(browser, "/", "dora");
        Assert.That(await page.Content.ReadAsStringAsync(Token), Does.Contain("1 from before you signed in"));

        using var form = new FormUrlEncodedContent([new("what", "move")]);
        using var moved = await browser.PostAsync(new Uri("/account/browser", UriKind.Relative), form, Token);
        using var shown = await browser.GetAsync(new Uri($"/chat/{id}", UriKind.Relative), Token);
        using var again = await browser.PostAsync(new Uri("/account/browser", UriKind.Relative), form, Token);

        Assert.That(moved.RequestMessage!.RequestUri!.PathAndQuery, Is.EqualTo("/account?moved=1"));
        Assert.That(shown.StatusCode, Is.EqualTo(HttpStatusCode.OK), "the session goes on");
        Assert.That(await shown.Content.ReadAsStringAsync(Token), Does.Not.Contain("from before you signed in"));
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private async Task SignInByHeaderAsync(string user)
    {
        _setup.Settings["SignIn:Kind"] = "Header";
        _setup.Settings["SignIn:Header:From:0"] = "127.0.0.0/8";
        _setup.Settings["SignIn:Header:From:1"] = "::1";
        await RestartAsync();
        User.Http.DefaultRequestHeaders.Add("X-Forwarded-User", user);
    }

    private async Task<(int Status, string? Location)> SendAsync(string form)
    {
        using var content = new StringContent(form, null, "application/x-www-form-urlencoded");
        using var response = await User.Http.PostAsync("/account/browser", content, Token);
        return ((int)response.StatusCode, response.Headers.Location?.OriginalString);
    }

    private async Task<AuditEvent> NotedAsync(string subject)
    {
        await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default);
        return await db.Set<AuditEvent>().AsNoTracking().SingleAsync(entry => entry.Subject == subject, Token);
    }

    private async Task<string> BodyAsync(string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
        using var response = await User.Http.SendAsync(request, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private async Task<int> StatusAsync(string path)
    {
        using var response = await User.Http.GetAsync(path, Token);
        return (int)response.StatusCode;
    }

    private static IEnumerable<string> TextsOf(string tree) =>
        JsonDocument.Parse(tree).RootElement.GetProperty("messages").EnumerateArray()
            .Select(message => $"{message.GetProperty("id")} {message.GetProperty("text")}");

    private async Task<IEnumerable<string?>> FoundAsync(string query) =>
        JsonDocument.Parse(await BodyAsync($"/conversations?q={query}")).RootElement.GetProperty("conversations").EnumerateArray()
            .Select(found => found.GetProperty("id").GetString());
}
