using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Tools.Permissions;

/// <summary>A permission and a request for one outlive the process, and two instances have one permission together.</summary>
internal sealed class PermissionRestartTests
{
    private EmulatorServer _emulator = null!;
    private ProtectedServer _server = null!;
    private string _folder = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("chatstream-permissions-").FullName;
        _server = new ProtectedServer();
        _emulator = await EmulatorServer.StartAsync();
        _emulator.On(request => request.HasToolResults
            ? Script.Start().Text($"It says {request.ToolResults[^1]}.").Finish("stop").Usage(20, 7).Done()
            : Script.Start().ToolCall(0, "{}", "call_0", "tickets_mine").Finish("tool_calls").Usage(10, 5).Done());
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _emulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase(DatabaseKind.Sqlite)]
    [TestCase(DatabaseKind.Postgres)]
    [CancelAfter(120_000)]
    public async Task A_process_may_die_between_the_request_and_the_answer_and_after_it(
        DatabaseKind kind, CancellationToken timeout)
    {
        await _server.StartAsync();
        await using var database = await TestDatabase.NewAsync(kind);
        var cookies = new CookieContainer();
        Uri address;
        await using (var app = await LiveAsync(database))
        {
            using var user = new ChatClient(app.Address, cookies);
            await user.IdentifyAsync();
            address = await ProtectedServer.BeginAsync(user);
            await app.KillAsync();
        }
        var back = await _server.DecideAsync(address, "alice");
        await using (var app = await LiveAsync(database))
        {
            using var user = new ChatClient(app.Address, cookies);
            using var response = await user.Http.GetAsync(back, timeout);
            Assert.That(
                response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), await response.Content.ReadAsStringAsync(timeout));
            await app.KillAsync();
        }

        await using var next = await LiveAsync(database);
        using var again = new ChatClient(next.Address, cookies);

        Assert.That(await AnswerAsync(again, timeout), Is.EqualTo("It says tickets of alice."));
        await CallsAsync(1, timeout);
        Assert.That(_server.Calls, Is.EqualTo(new[] { "alice" }));
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task Two_instances_renew_a_token_once_for_each_time_it_ends(CancellationToken timeout)
    {
        await _server.StartAsync(tokenLifetime: 31); // of use for a second: then it is renewed
        await using var database = await TestDatabase.NewAsync(DatabaseKind.Postgres);
        await using var one = await LiveAsync(database, "one");
        await using var two = await LiveAsync(database, "two");
        var cookies = new CookieContainer();
        using var first = new ChatClient(one.Address, cookies);
        using var second = new ChatClient(two.Address, cookies);
        await first.IdentifyAsync();
        await _server.GiveAsync(first, "bob");

        for (var i = 0; i < 6; i++)
        {
            var streams = await Task.WhenAll(
                new[] { first, second, first, second }.Select(user => AnswerAsync(user, timeout)));
            Assert.That(streams, Has.All.EqualTo("It says tickets of bob."));
        }

        // A refresh token that is used twice ends the grant, so a single failure would have ended it.
        Assert.That(_server.FailedGrants, Is.Zero);
        Assert.That(_server.Grants.Count(type => type == "refresh_token"), Is.GreaterThan(0));
        await CallsAsync(24, timeout);
        Assert.That(_server.Calls.Count(), Is.EqualTo(24));
    }

    // What the server prints is read a little later.
    private async Task CallsAsync(int count, CancellationToken timeout)
    {
        while (_server.Calls.Count() < count)
        {
            timeout.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<string> AnswerAsync(ChatClient user, CancellationToken timeout)
    {
        // On a busy host an answer goes on without a server that is not connected yet.
        while (true)
        {
            await using var stream = await (await user.StartAsync("My tickets", timeout)).ToEndAsync();
            if (!stream.Text.Contains("There is no such tool", StringComparison.Ordinal))
                return stream.Text;
        }
    }

    private Task<AppProcess> LiveAsync(TestDatabase database, string name = "data") => AppProcess.StartAsync(
        AppProcess.Built,
        database.Kind == DatabaseKind.Sqlite ? database.Place : Directory.CreateDirectory(Path.Combine(_folder, name)).FullName,
        [
            ("ConnectionStrings:Postgres", database.Kind == DatabaseKind.Postgres ? database.Place : ""),
            ("Generation:DrainFor", "00:00:00"),
            ("Models:0:Name", "chat"), ("Models:0:Tools", "true"),
            ("Models:0:Deployments:0:Endpoint", _emulator.Endpoint.ToString()),
            ("Models:0:Deployments:0:Deployment", "gpt-4o"),
            ("Models:0:Deployments:0:ApiKey", "emulator-key"),
            ("Conversations:ModelTitles", "false"),
            .. _server.Settings,
        ]);
}
