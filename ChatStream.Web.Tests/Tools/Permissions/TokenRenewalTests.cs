using System.Globalization;
using System.Net.Mime;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
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
    private Func<CancellationToken, Task> _whenRevoked = null!;
    private List<string> _revoked = null!;
    private string _clientId = null!;
    private int _status;
    private string _type = null!;
    private int _asked;

    [SetUp]
    public async Task StartIssuerAsync()
    {
        (_asked, _type, _status, _clientId, _revoked) = (0, MediaTypeNames.Application.Json, 200, "chatstream", []);
        (_whenFound, _whenRevoked) = (() => Task.CompletedTask, _ => Task.CompletedTask);
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

    [TestCase(false)]
    [TestCase(true)]
    public async Task Renewed_tokens_that_the_database_did_not_take_are_written_again_and_renewed_once(bool isCommitted)
    {
        var time = new WatchedTime();
        // The first write of the book takes the right to renew, the second one stores what was got.
        var database = new FailingDatabase(Store.Database, Ada, number: 2, isCommitted);
        var book = await GivenAsync(until: null, database, time);
        _tokens = n => Tokens($"new-{n}", seconds: 100_000_000);

        var again = time.NextAsync(TimeSpan.FromSeconds(1), Token);
        var first = book.TokenAsync(Ada, Server, refused: "old", Token);
        await again;
        time.Advance(TimeSpan.FromMinutes(1)); // the right to renew ends meanwhile
        var second = book.TokenAsync(Ada, Server, refused: "old", Token);

        Assert.That(await first, Is.EqualTo("new-1"));
        while (!second.IsCompleted)
            time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.That(await second, Is.EqualTo("new-1"));
        Assert.That(_asked, Is.EqualTo(1), "a refresh token that is used twice ends the permission");
    }

    [Test]
    public async Task Tokens_that_are_being_renewed_are_stored_before_the_process_ends()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var book = await GivenAsync(until: null);
        _tokens = n =>
        {
            asked.SetResult();
            answer.Task.Wait(Token);
            return Tokens($"new-{n}", seconds: 600);
        };
        using var leaves = new CancellationTokenSource();
        var call = book.TokenAsync(Ada, Server, refused: "old", leaves.Token);
        await asked.Task.WaitAsync(Token);
        await leaves.CancelAsync();
        Assert.That(() => call, Throws.InstanceOf<OperationCanceledException>());

        var end = book.DisposeAsync().AsTask();
        Assert.That(end.IsCompleted, Is.False);
        answer.SetResult();
        await end;

        var next = Over(Store.Database, Store.Time);
        Assert.That(await next.TokenAsync(Ada, Server, refused: "old", Token), Is.EqualTo("new-1"));
    }

    [Test]
    public async Task What_is_renewed_while_the_user_takes_it_back_is_taken_back_too()
    {
        var book = await GivenAsync(until: null);
        _tokens = n =>
        {
            book.RevokeAsync(Ada, Server).Wait(Token);
            return Tokens($"new-{n}", seconds: 600);
        };

        Assert.ThrowsAsync<PermissionException>(() => book.TokenAsync(Ada, Server, refused: "old", Token));

        Assert.That(_revoked, Is.EqualTo(new[] { "refresh", "old", "again", "new-1" }));
        Assert.That(await book.FindAsync(Ada, Server, Token), Is.Null);
    }

    [Test]
    public async Task An_authorization_server_that_does_not_answer_holds_up_no_erasure()
    {
        var time = new WatchedTime();
        var book = await GivenAsync(until: null, time: time);
        var isAsked = new TaskCompletionSource();
        _whenRevoked = aborted =>
        {
            isAsked.TrySetResult();
            return new TaskCompletionSource().Task.WaitAsync(aborted);
        };

        var erasure = book.RevokeAllAsync(Ada);
        await isAsked.Task.WaitAsync(Token);
        time.Advance(TimeSpan.FromSeconds(10));
        await erasure;

        Assert.That(await book.FindAsync(Ada, Server, Token), Is.Null);
    }

    [TestCase(400, "invalid_grant")]
    [TestCase(401, "invalid_grant")]
    [TestCase(200, "bad_refresh_token")]
    public async Task A_renewal_that_is_refused_for_good_ends_the_permission(int status, string error)
    {
        var book = await GivenAsync(until: null);
        (_status, _tokens) = (status, _ => $$"""{"error":"{{error}}"}""");

        var fault = Assert.ThrowsAsync<PermissionException>(() => book.TokenAsync(Ada, Server, refused: "old", Token))!;

        Assert.That(fault.NeedsUser);
        Assert.That(await ListedAsync(book), Is.EqualTo((false, false)));
    }

    [TestCase(401, "invalid_client")]
    [TestCase(500, "invalid_grant")]
    [TestCase(503, "temporarily_unavailable")]
    public async Task A_renewal_that_may_work_later_does_not(int status, string error)
    {
        var book = await GivenAsync(until: null);
        (_status, _tokens) = (status, _ => $$"""{"error":"{{error}}"}""");

        var fault = Assert.ThrowsAsync<PermissionException>(() => book.TokenAsync(Ada, Server, refused: "old", Token))!;

        Assert.That(fault.NeedsUser, Is.False);
        Assert.That(await ListedAsync(book), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task A_permission_that_is_of_no_use_any_more_is_listed_as_one_that_is_needed_again()
    {
        Assert.That(await ListedAsync(await GivenAsync(until: null)), Is.EqualTo((true, true)));
        Assert.That(await ListedAsync(await GivenAsync(Store.Time.GetUtcNow())), Is.EqualTo((true, true)), "it is renewed");
        var ended = await GivenAsync(Store.Time.GetUtcNow(), refresh: null);
        Assert.That(await ListedAsync(ended), Is.EqualTo((true, false)), "it ended");
        var book = await GivenAsync(until: null);
        _clientId = "another";
        Assert.That(await ListedAsync(Over(Store.Database, Store.Time)), Is.EqualTo((true, false)), "of another client");
        await book.RevokeAsync(Ada, Server);
        Assert.That(await ListedAsync(book), Is.EqualTo((false, false)));
    }

    private static async Task<(bool IsGiven, bool IsOfUse)> ListedAsync(PermissionBook book)
    {
        var server = (await book.ListAsync(Ada, Rights.None, Token)).Single();
        return (server.GivenAt is not null, server.IsOfUse);
    }

    private static string Tokens(string access, int seconds) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"access_token":"{{access}}","token_type":"Bearer","expires_in":{{seconds}},"refresh_token":"again"}
        """);

    private McpServerOptions Settings => new()
    {
        Url = "http://127.0.0.1:9/mcp",
        OAuth = new OAuthOptions { ClientId = _clientId, Issuer = _issuer.Address },
    };

    private async Task<PermissionBook> GivenAsync(
        DateTimeOffset? until, IChatDatabase? database = null, TimeProvider? time = null, string? refresh = "refresh")
    {
        var settings = Settings;
        var tokens = new Tokens("old", refresh, until, settings.Url, settings.OAuth.Issuer, settings.OAuth.ClientId);
        await new GrantStore(Store.Database, Store.Time).PutAsync(Ada, Server, _secrets.Seal(tokens, Ada, Server));
        return Over(database ?? Store.Database, time ?? Store.Time);
    }

    private PermissionBook Over(IChatDatabase database, TimeProvider time) => new(
        Options.Create(new ToolOptions { McpServers = new() { [Server] = Settings } }),
        new Discovery(_http, time, NullLogger<Discovery>.Instance), new TokenEndpoint(_http, time),
        new GrantStore(database, time), _secrets, time, NullLogger<PermissionBook>.Instance);

    private async Task AnswerAsync(HttpContext http)
    {
        string answer;
        if (http.Request.Path.StartsWithSegments("/.well-known"))
        {
            await _whenFound();
            answer = $$"""
                {"issuer":"{{_issuer.Address}}","authorization_endpoint":"{{_issuer.Address}}/a",
                "token_endpoint":"{{_issuer.Address}}/token","revocation_endpoint":"{{_issuer.Address}}/revoke"}
                """;
        }
        else if (http.Request.Path == "/revoke")
        {
            _revoked.Add((await http.Request.ReadFormAsync(Token))["token"].ToString());
            await _whenRevoked(http.RequestAborted);
            return;
        }
        else
        {
            answer = _tokens(Interlocked.Increment(ref _asked));
            http.Response.StatusCode = _status;
        }
        http.Response.ContentType = _type;
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer));
    }
}
