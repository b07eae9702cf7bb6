using System.IO.Compression;
using System.Net;
using System.Web;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools.Permissions;

/// <summary>A tool server works with each user's own permission (OAuth 2.1), or not at all.</summary>
internal sealed class PermissionTests : ToolTest
{
    private const string Needed = "tickets_permission";

    private readonly ProtectedServer _server = new();

    protected override Task PrepareAsync() => _server.StartAsync(tokenLifetime: 600);

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        foreach (var (key, value) in _server.Settings)
            setup.Settings[key] = value;
        setup.Settings["Tools:McpServers:strange:Url"] = _server.Address;
        setup.Settings["Tools:McpServers:strange:OAuth:ClientId"] = "chatstream";
    }

    [OneTimeTearDown]
    public async Task StopServersAsync() => await _server.DisposeAsync();

    [SetUp]
    public void Accept()
    {
        File.Delete(_server.RefuseFile);
        Model("My tickets", request => request.HasToolResults ? Said(request) : Asking("", (NameOf(request), "{}")));
    }

    [Test]
    public async Task Without_permission_the_answer_says_so_and_the_page_has_a_link()
    {
        var before = _server.Calls.Count();
        await using var stream = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();

        var call = stream.Frames.Last(frame => frame.Event == "tool").Json;
        Assert.That(call.GetProperty("state").GetString(), Is.EqualTo("failed"));
        Assert.That(call.GetProperty("permission").GetString(), Is.EqualTo("tickets"));
        Assert.That(stream.Text, Does.Contain("The tools of 'tickets' are not available"));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        var page = await User.Http.GetStringAsync($"/chat/{stream.ConversationId}");
        Assert.That(page, Does.Contain($"href=\"/tools/tickets/authorize?answer={stream.GenerationId}\""));
        Assert.That(_server.Calls.Count(), Is.EqualTo(before));
    }

    [TestCase("chat")]
    [TestCase("responses")]
    public async Task With_permission_the_tools_are_called_as_the_user_who_gave_it(string model)
    {
        await using var before = await (await User.StreamAsync(Ask("My tickets", model), Token)).ToEndAsync();
        var name = $"alice-{model}";

        var address = await ProtectedServer.BeginAsync(User, before.GenerationId);
        using var back = await User.Http.GetAsync(await _server.DecideAsync(address, name), Token);

        Assert.That(back.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), await back.Content.ReadAsStringAsync(Token));
        Assert.That(back.Headers.Location!.ToString(), Is.EqualTo($"/chat/{before.ConversationId}"));
        await using var stream = await (await User.StreamAsync(Ask("My tickets", model), Token)).ToEndAsync();
        Assert.That(stream.Text, Is.EqualTo($"It says tickets of {name}."));
        // Another user of this ChatStream has nothing of it.
        using var other = App.NewUser();
        await using var theirs = await (await other.StreamAsync(Ask("My tickets", model), Token)).ToEndAsync();
        Assert.That(theirs.Text, Does.Contain("not available"));
    }

    [Test]
    public async Task The_request_is_bound_to_its_user_and_cannot_be_changed_or_taken_twice()
    {
        using var other = App.NewUser();
        await other.IdentifyAsync();
        var back = await _server.DecideAsync(await ProtectedServer.BeginAsync(User), "bob");
        var query = HttpUtility.ParseQueryString(back.OriginalString.Split('?')[1]);
        string With(string name, string? value)
        {
            var changed = HttpUtility.ParseQueryString(query.ToString()!);
            changed[name] = value;
            return $"/tools/tickets/callback?{changed}";
        }

        // An attacker makes this user's browser open the attacker's own answer, or the reverse.
        Assert.That(await CodeOfAsync(other, back.OriginalString), Is.EqualTo("400 permission_unasked"));
        Assert.That(await CodeOfAsync(User, With("state", "wrong")), Is.EqualTo("400 permission_unasked"));
        Assert.That(await CodeOfAsync(User, With("state", null)), Is.EqualTo("400 permission_unasked"));
        Assert.That(await CodeOfAsync(User, With("state", query["state"]![..^2] + "AA")), Is.EqualTo("400 permission_unasked"));
        Assert.That(await CodeOfAsync(User, With("iss", "https://evil.example")), Is.EqualTo("400 permission_unasked"));
        Assert.That(await CodeOfAsync(User, With("iss", null)), Is.EqualTo("400 permission_unasked"));
        Assert.That(await CodeOfAsync(User, With("code", "wrong")), Is.EqualTo("400 permission_unasked"));
        Assert.That(
            await CodeOfAsync(User, back.OriginalString.Replace("/tickets/", "/strange/", StringComparison.Ordinal)),
            Is.EqualTo("400 permission_unasked"));
        Assert.That(await GrantsAsync(), Has.None.Contains("bob"));

        Assert.That(await CodeOfAsync(User, back.OriginalString), Does.StartWith("303"));
        Assert.That(await CodeOfAsync(User, back.OriginalString), Is.EqualTo("400 permission_unasked"), "the code is used");
    }

    [Test]
    public async Task A_user_who_does_not_agree_is_told_and_nothing_is_stored()
    {
        var back = await _server.DecideAsync(await ProtectedServer.BeginAsync(User), "carol", agrees: false);

        Assert.That(await CodeOfAsync(User, back.OriginalString), Is.EqualTo("403 permission_denied"));
        using var request = new HttpRequestMessage(HttpMethod.Get, back) { Headers = { { "Accept", "text/html" } } };
        using var page = await User.Http.SendAsync(request, Token);
        Assert.That(await page.Content.ReadAsStringAsync(Token), Does.Contain("No permission was given"));
        await using var stream = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();
        Assert.That(stream.Text, Does.Contain("not available"));
    }

    [Test]
    public async Task A_server_that_refuses_the_tokens_later_ends_the_permission()
    {
        await _server.GiveAsync(User, "dora");
        await using var first = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();
        var grants = _server.Grants.Count();

        await File.WriteAllTextAsync(_server.RefuseFile, "", Token);
        await using var refused = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();
        File.Delete(_server.RefuseFile);
        await using var after = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();
        await _server.GiveAsync(User, "dora");
        await using var again = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();

        Assert.That(first.Text, Is.EqualTo("It says tickets of dora."));
        Assert.That(refused.Text, Does.Contain("not available"));
        Assert.That(refused.Frames.Last(frame => frame.Event == "tool").Json.GetProperty("permission").GetString(),
            Is.EqualTo("tickets"));
        Assert.That(after.Text, Does.Contain("not available"), "the permission has ended");
        Assert.That(_server.Grants.Skip(grants).Take(1), Is.EqualTo(new[] { "refresh_token" }), "a new token was tried once");
        Assert.That(again.Text, Is.EqualTo("It says tickets of dora."));
    }

    [Test]
    public async Task A_permission_is_taken_back_in_the_settings()
    {
        await _server.GiveAsync(User, "erin");
        var given = await User.Http.GetStringAsync("/settings");

        using var response = await User.Http.PostAsync(
            "/tools/tickets/revoke", new FormUrlEncodedContent(Array.Empty<KeyValuePair<string, string>>()), Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(given, Does.Contain("action=\"/tools/tickets/revoke\"").And.Contain("Take permission back"));
        Assert.That(await User.Http.GetStringAsync("/settings"), Does.Not.Contain("Take permission back"));
        await _server.RevokedAsync("erin").WaitAsync(Token);
        await using var stream = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();
        Assert.That(stream.Text, Does.Contain("not available"));
    }

    [Test]
    public async Task Tokens_are_encrypted_in_no_export_and_erased_with_their_user()
    {
        await _server.GiveAsync(User, "frank");
        await using var stream = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();

        await using var archive = await ZipFile.OpenReadAsync(await SavedAsync("/account/export"), Token);
        var texts = new List<string>();
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(Token));
            texts.Add(await reader.ReadToEndAsync(Token));
        }
        var stored = await GrantsAsync();
        using (await User.Http.PostAsync(
            "/account/erase", new FormUrlEncodedContent([KeyValuePair.Create("confirm", "all")]), Token))
        {
        }

        Assert.That(stored, Has.Count.GreaterThan(0));
        Assert.That(stored, Has.All.StartsWith("CfDJ8"), "as Data Protection writes it");
        foreach (var tokens in stored)
            Assert.That(texts, Has.None.Contains(tokens));
        Assert.That(texts, Has.None.Contains("\"Refresh\"").And.None.Contains("access_token"));
        Assert.That((await GrantsAsync()).Count, Is.EqualTo(stored.Count - 1));
        await _server.RevokedAsync("frank").WaitAsync(Token);
        await using var after = await (await User.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();
        Assert.That(after.Text, Does.Contain("not available"));
    }

    [Test]
    public async Task A_copy_of_the_tokens_in_the_row_of_another_user_is_of_no_use()
    {
        await _server.GiveAsync(User, "grace");
        using var thief = App.NewUser();
        await _server.GiveAsync(thief, "heidi");
        await WriteAsync("""
            UPDATE "ToolGrants" SET "Tokens" =
                (SELECT "Tokens" FROM "ToolGrants" ORDER BY "GivenAt" DESC, rowid DESC LIMIT 1 OFFSET 1)
            WHERE rowid = (SELECT rowid FROM "ToolGrants" ORDER BY "GivenAt" DESC, rowid DESC LIMIT 1)
            """);

        await using var stream = await (await thief.StreamAsync(Ask("My tickets"), Token)).ToEndAsync();

        Assert.That(stream.Text, Does.Contain("not available"));
    }

    [Test]
    public async Task A_permission_that_is_of_no_use_any_more_is_needed_again_in_the_settings()
    {
        await _server.GiveAsync(User, "ivan");
        await WriteAsync("""
            UPDATE "ToolGrants" SET "Tokens" = 'of a key that is gone'
            WHERE rowid = (SELECT rowid FROM "ToolGrants" ORDER BY "GivenAt" DESC, rowid DESC LIMIT 1)
            """);

        var page = await User.Http.GetStringAsync("/settings");

        Assert.That(page, Does.Contain("Permission is needed again").And.Contain("href=\"/tools/tickets/authorize\"")
            .And.Contain("Take permission back"));
        await _server.GiveAsync(User, "ivan");
        Assert.That(await User.Http.GetStringAsync("/settings"), Does.Not.Contain("Permission is needed again"));
    }

    [Test]
    public async Task A_server_cannot_make_the_app_ask_another_host()
    {
        // Its metadata name an authorization server at another origin, and the settings do not.
        Assert.That(await CodeOfAsync(User, "/tools/strange/authorize"), Is.EqualTo("502 permission_unreachable"));
        Assert.That(await CodeOfAsync(User, "/tools/unknown/authorize"), Does.StartWith("404"));
        Assert.That(await CodeOfAsync(User, "/tools/faulty/authorize"), Does.StartWith("404"));
    }

    [Test]
    public async Task What_a_user_is_sent_away_with_has_PKCE_and_no_secret()
    {
        var query = HttpUtility.ParseQueryString((await ProtectedServer.BeginAsync(User)).Query);

        Assert.That(query["code_challenge_method"], Is.EqualTo("S256"));
        Assert.That(query["code_challenge"], Has.Length.EqualTo(43));
        Assert.That(query["response_type"], Is.EqualTo("code"));
        Assert.That(query["resource"], Is.EqualTo(_server.Address));
        Assert.That(query["scope"], Is.EqualTo("tickets"));
        Assert.That(query["redirect_uri"], Is.EqualTo($"{_server.PublicOrigin}/tools/tickets/callback"));
        Assert.That(query["state"], Does.Not.Contain("browser:").And.Not.Contain(query["code_challenge"]!));
    }

    private static string NameOf(EmulatedRequest request) =>
        request.Json.GetRawText().Contains("\"tickets_mine\"", StringComparison.Ordinal) ? "tickets_mine" : Needed;

    private static async Task<string> CodeOfAsync(ChatClient user, string path)
    {
        var (response, body) = await user.JsonAsync(new HttpRequestMessage(HttpMethod.Get, path));
        using (response)
        {
            return body.ValueKind == System.Text.Json.JsonValueKind.Object && body.TryGetProperty("code", out var code)
                ? $"{(int)response.StatusCode} {code.GetString()}" : $"{(int)response.StatusCode}";
        }
    }

    private async Task<List<string>> GrantsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(App.DataFolder, "chatstream.db")}");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = """SELECT "Tokens" FROM "ToolGrants" """;
        await using var reader = await command.ExecuteReaderAsync(Token);
        var all = new List<string>();
        while (await reader.ReadAsync(Token))
            all.Add(reader.GetString(0));
        return all;
    }

    private async Task WriteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(App.DataFolder, "chatstream.db")}");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.That(await command.ExecuteNonQueryAsync(Token), Is.EqualTo(1));
    }

    private async Task<string> SavedAsync(string path)
    {
        var file = Path.Combine(App.DataFolder, $"{Guid.NewGuid():N}.zip");
        await File.WriteAllBytesAsync(file, await User.Http.GetByteArrayAsync(new Uri(path, UriKind.Relative), Token), Token);
        return file;
    }
}
