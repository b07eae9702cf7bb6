using System.Text;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Limits on imports. A refused one is refused before its body is read.</summary>
[CancelAfter(60_000)]
internal sealed class ImportLimitTests
{
    private const string Greeting = """
        {"id":"AAAAAAAAAAAAAAAA","title":"Hello","leafId":"q","createdAt":"2026-05-04T12:00:00Z","updatedAt":"2026-05-04T12:00:00Z",
        "messages":[{"id":"q","role":"user","text":"Hello","createdAt":"2026-05-04T12:00:00Z"}]}
        """;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task A_user_imports_no_more_in_a_minute_than_allowed_whatever_becomes_of_it()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Limits:ImportsPerMinute"] = "2");
        using var user = app.NewUser();
        await user.IdentifyAsync();

        Assert.That((await ImportAsync(user.Http, Greeting)).Status, Is.EqualTo(201));
        Assert.That((await ImportAsync(user.Http, "{}")).Status, Is.EqualTo(400));
        var (status, code, retryAfter) = await ImportAsync(user.Http, Greeting);

        Assert.That((status, code), Is.EqualTo((429, "too_many_imports")));
        Assert.That(retryAfter, Is.InRange(1, 60));
        using var other = app.NewUser();
        await other.IdentifyAsync();
        Assert.That((await ImportAsync(other.Http, Greeting)).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task Visitors_without_a_cookie_count_as_one_user_by_their_address()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Limits:ImportsPerMinute"] = "2");
        using var visitor = Visitor.From(app.Address);
        using var elsewhere = Visitor.From(app.Address, "127.0.0.2");

        for (var n = 0; n < 2; n++)
            Assert.That((await ImportAsync(visitor, Greeting)).Status, Is.EqualTo(201));
        Assert.That((await ImportAsync(visitor, Greeting)).Code, Is.EqualTo("too_many_imports"));
        Assert.That((await ImportAsync(elsewhere, Greeting)).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task An_address_imports_no_more_in_a_minute_than_allowed()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Limits:ImportsPerMinutePerAddress"] = "2");
        var codes = new List<string?>();
        for (var n = 0; n < 3; n++)
        {
            using var user = app.NewUser();
            await user.IdentifyAsync();
            codes.Add((await ImportAsync(user.Http, Greeting)).Code);
        }

        Assert.That(codes, Is.EqualTo(new[] { null, null, "too_many_imports" }));
    }

    [TestCase("Limits:ImportsAtOnce", "127.0.0.2")]
    [TestCase("Limits:ImportsAtOncePerAddress", "127.0.0.1")]
    public async Task A_held_import_keeps_its_place_and_others_are_refused_before_their_body(string limit, string from)
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings[limit] = "1");
        using var held = await RawConnection.OpenAsync(app.Address, receiveBuffer: null, Token);
        await held.SendAsync(Head(app, "Expect: 100-continue\r\n"), Token);
        // The body is asked for once the place is taken.
        Assert.That(await held.ReadUntilAsync("\r\n\r\n", Token), Does.StartWith("HTTP/1.1 100 "));

        using var visitor = Visitor.From(app.Address, from);
        Assert.That((await ImportAsync(visitor, Greeting)).Code, Is.EqualTo("too_many_imports"));
        using (var other = await RawConnection.OpenAsync(app.Address, receiveBuffer: null, Token))
        {
            await other.SendAsync(Head(app, ""), Token);
            Assert.That(
                await other.ReadUntilAsync("too_many_imports", Token), Does.StartWith("HTTP/1.1 429 "), "no byte of it was sent");
        }

        await held.SendAsync(Greeting, Token);
        Assert.That(await held.ReadUntilAsync("\r\n\r\n", Token), Does.StartWith("HTTP/1.1 201 "));
        while ((await ImportAsync(visitor, Greeting)).Status != 201)
            Token.ThrowIfCancellationRequested(); // the place is given back when the response has been written
    }

    [Test]
    public async Task Another_address_imports_while_one_has_taken_its_places()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Limits:ImportsAtOncePerAddress"] = "1");
        using var held = await RawConnection.OpenAsync(app.Address, receiveBuffer: null, Token);
        await held.SendAsync(Head(app, "Expect: 100-continue\r\n"), Token);
        await held.ReadUntilAsync("\r\n\r\n", Token);

        using var elsewhere = Visitor.From(app.Address, "127.0.0.2");
        Assert.That((await ImportAsync(elsewhere, Greeting)).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task A_user_whose_imports_take_too_much_imports_no_more_until_some_are_deleted()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Limits:ImportedBytesPerUser"] = "100");
        using var user = app.NewUser();
        await user.IdentifyAsync();
        Assert.That((await ImportAsync(user.Http, Greeting)).Status, Is.EqualTo(201));

        var (status, code, _) = await ImportAsync(user.Http, Greeting);

        Assert.That((status, code), Is.EqualTo((413, "import_quota")));
        using var other = app.NewUser();
        await other.IdentifyAsync();
        Assert.That((await ImportAsync(other.Http, Greeting)).Status, Is.EqualTo(201));
        var (_, list) = await user.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/conversations"));
        var id = list.GetProperty("conversations")[0].GetProperty("id").GetString();
        (await user.Http.DeleteAsync($"/conversations/{id}", Token)).Dispose();
        Assert.That((await ImportAsync(user.Http, Greeting)).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task An_import_that_gets_no_room_by_it_empties_no_wastebasket()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Limits:ImportedBytesPerUser"] = "100");
        using var user = app.NewUser();
        await user.IdentifyAsync();
        await using var talk = await (await user.StartAsync("Hello", Token)).ToEndAsync();
        Assert.That((await ImportAsync(user.Http, Greeting)).Status, Is.EqualTo(201));
        (await user.Http.DeleteAsync($"/conversations/{talk.ConversationId}", Token)).Dispose();

        Assert.That((await ImportAsync(user.Http, Greeting)).Code, Is.EqualTo("import_quota"));

        using var restored = await user.Http.PostAsync("/conversations/restore", new StringContent(
            $$"""{"ids":["{{talk.ConversationId}}"]}""", Encoding.UTF8, "application/json"), Token);
        Assert.That(await restored.Content.ReadAsStringAsync(Token), Is.EqualTo($$"""{"ids":["{{talk.ConversationId}}"]}"""));
    }

    private static string Head(ChatApp app, string more) =>
        $"POST /conversations/import HTTP/1.1\r\nHost: {app.Address.Authority}\r\nContent-Type: application/json\r\n"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(Greeting)}\r\n{more}\r\n";

    private static async Task<(int Status, string? Code, int RetryAfter)> ImportAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/conversations/import", content, Token);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return (
            (int)response.StatusCode,
            json.RootElement.TryGetProperty("code", out var code) ? code.GetString() : null,
            (int)(response.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0));
    }
}
