using System.Globalization;
using System.Net.Mime;
using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using ChatStream.Web.Tools;
using ChatStream.Web.Tools.Permissions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Tools.Permissions;

/// <summary>What an authorization server may say of tokens, and what becomes of the permission then.</summary>
internal sealed class TokenRenewalTests(DatabaseKind kind) : StoreTest(kind)
{
    private const string Server = "tickets";

    private readonly Sealed _secrets = new(new EphemeralDataProtectionProvider());
    private SmallServer _issuer = null!;
    private OAuthHttp _http = null!;
    private Func<int, string> _tokens = null!;
    private Func<Task> _whenFound = null!;
    private string _type = null!;
    private int _asked;

    [SetUp]
    public async Task StartIssuerAsync()
    {
        (_asked, _type, _whenFound) = (0, MediaTypeNames.Application.Json, () => Task.CompletedTask);
        _http = new OAuthHttp();
        _issuer = await SmallServer.StartAsync(AnswerAsync);
    }

    [TearDown]
    public async Task StopIssuerAsync()
    {
        await _issuer.DisposeAsync();
        _http.Dispose();
    }

    [TestCase(0)]
    [TestCase(20)]
    public async Task A_token_that_lives_for_seconds_is_renewed_once_for_a_request(int seconds)
    {
        var book = await GivenAsync(until: Store.Time.GetUtcNow());
        _tokens = n => Tokens($"new-{n}", seconds);

        Assert.That(await book.TokenAsync(Ada, Server, refused: null, Token), Is.EqualTo("new-1"));
        Assert.That(_asked, Is.EqualTo(1));
        Assert.That(await book.TokenAsync(Ada, Server, refused: null, Token), Is.EqualTo("new-2"));
    }

    [Test]
    public async Task A_refused_token_that_comes_back_from_its_renewal_ends_the_permission()
    {
        var book = await GivenAsync(until: null);
        _tokens = _ => Tokens("old", seconds: 600);

        var fault = Assert.ThrowsAsync<PermissionException>(() => book.TokenAsync(Ada, Server, refused: "old", Token))!;

        Assert.That((fault.NeedsUser, _asked), Is.EqualTo((true, 1)));
        Assert.That(await book.FindAsync(Ada, Server, Token), Is.Null);
    }

    [TestCase("""{"access_token":"\ud800","token_type":"Bearer"}""")]
    [TestCase("""{"\ud800\ud800\ud800":1,"access_token":"new","token_type":"Bearer"}""")]
    [TestCase("7")]
    public async Task An_answer_that_is_no_JSON_of_Unicode_is_one_that_did_not_come(string answer)
    {
        var book = await GivenAsync(until: null);
        _tokens = _ => answer;

        var fault = Assert.ThrowsAsync<PermissionException>(() => book.TokenAsync(Ada, Server, refused: "old", Token))!;

        Assert.That(fault.NeedsUser, Is.False);
        _tokens = n => Tokens($"new-{n}", seconds: 600);
        Assert.That(await book.TokenAsync(Ada, Server, refused: "old", Token), Is.EqualTo("new-2"), "at once");
    }

    [TestCase("application/json; charset=none-of-all")]
    [TestCase("text/plain")]
    public async Task What_an_answer_says_of_its_coding_does_not_count(string type)
    {
        var book = await GivenAsync(until: null);
        (_type, _tokens) = (type, _ => "\uFEFF" + Tokens("new", seconds: 600));

        Assert.That(await book.TokenAsync(Ada, Server, refused: "old", Token), Is.EqualTo("new"));
    }

    [Test]
    public async Task The_right_to_renew_is_taken_once_the_issuer_was_found()
    {
        var book = await GivenAsync(until: null);
        _tokens = _ => Tokens("new", seconds: 600);
        DateTimeOffset? renewing = DateTimeOffset.MaxValue;
        _whenFound = async () =>
        {
            await using var db = Store.Database.ReadAs(Ada);
            renewing = (await db.ToolGrants.AsNoTracking().SingleAsync(Token)).RenewingUntil;
        };

        await book.TokenAsync(Ada, Server, refused: "old", Token);

        Assert.That(renewing, Is.Null, "a slow issuer may take longer than the right lasts");
    }

    private static string Tokens(string access, int seconds) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"access_token":"{{access}}","token_type":"Bearer","expires_in":{{seconds}},"refresh_token":"again"}
        """);

    private async Task<PermissionBook> GivenAsync(DateTimeOffset? until)
    {
        var settings = new McpServerOptions
        {
            Url = "http://127.0.0.1:9/mcp",
            OAuth = new OAuthOptions { ClientId = "chatstream", Issuer = _issuer.Address },
        };
        var store = new GrantStore(Store.Database, Store.Time);
        var tokens = new Tokens("old", "refresh", until, settings.Url, settings.OAuth.Issuer, settings.OAuth.ClientId);
        await store.PutAsync(Ada, Server, _secrets.Seal(tokens, Ada, Server));
        return new PermissionBook(
            Options.Create(new ToolOptions { McpServers = new() { [Server] = settings } }),
            new Discovery(_http, Store.Time, NullLogger<Discovery>.Instance), new TokenEndpoint(_http, Store.Time), store,
            _secrets, Store.Time, NullLogger<PermissionBook>.Instance);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        string answer;
        if (http.Request.Path.StartsWithSegments("/.well-known"))
        {
            await _whenFound();
            answer = $$"""
                {"issuer":"{{_issuer.Address}}","authorization_endpoint":"{{_issuer.Address}}/a",
                "token_endpoint":"{{_issuer.Address}}/token"}
                """;
        }
        else
            answer = _tokens(Interlocked.Increment(ref _asked));
        http.Response.ContentType = _type;
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer));
    }
}
