using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.BadDay;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>
/// The database of several instances is killed, and another server takes its place at the same address, as in a service with a
/// standby; or it stands still, or is started again. Whatever readers are told is what is stored.
/// </summary>
internal sealed class DatabaseFailoverTests
{
    private const string Name = "chat";

    private string _folder = null!;
    private PostgresProcess _server = null!;
    private PostgresProcess _standby = null!;
    private PostgresProxy _address = null!;
    private InstanceGroup _group = null!;
    private ChatClient _user = null!;
    private ChatClient _elsewhere = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("chatstream-failover-").FullName;
        var (first, second) = (Path.Combine(_folder, "a"), Path.Combine(_folder, "b"));
        Directory.CreateDirectory(first);
        Directory.CreateDirectory(second);
        if (Environment.IsPrivilegedProcess)
            RealProcess.Run("chmod", "755", _folder);
        PostgresServer.Initialize(first);
        _server = new PostgresProcess(first);
        await _server.StartAsync();
        await _server.ExecuteAsync($"CREATE DATABASE {Name}");
        _standby = await _server.FollowedAsync(second);
        _address = PostgresProxy.Start(_server.Socket);
        _group = await InstanceGroup.StartAsync(
            2, CancellationToken.None, settings:
            ("ConnectionStrings:Postgres", $"Host=127.0.0.1;Port={_address.Port};Username=chatstream;Database={Name}"));
        _user = await _group.NewUserAsync(0);
        _elsewhere = _group.At(1, _user);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _user.Dispose();
        _elsewhere.Dispose();
        await _group.DisposeAsync();
        await _address.DisposeAsync();
        await _standby.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task Another_server_takes_its_place(CancellationToken timeout)
    {
        await TellsWhatIsStoredAsync(
            async () =>
            {
                await _server.KillAsync();
                await _standby.PromoteAsync();
                _address.LeadTo(_standby.Socket);
            }, timeout);
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task It_is_started_again(CancellationToken timeout)
    {
        await TellsWhatIsStoredAsync(
            async () =>
            {
                await _server.KillAsync();
                await _server.StartAsync();
            }, timeout);
    }

    [Test]
    [SoakOnly] // It takes half a minute.
    [CancelAfter(180_000)]
    public async Task It_stands_still_for_longer_than_a_lease(CancellationToken timeout)
    {
        await TellsWhatIsStoredAsync(
            async () =>
            {
                using var paused = _server.Pause();
                await Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System, timeout);
            }, timeout);
    }

    private async Task TellsWhatIsStoredAsync(Func<Task> fault, CancellationToken timeout)
    {
        _group.Emulator.Enqueue(Script.Answer("Before"));
        var before = await _user.AskAsync("Hi");
        var gate = new Gate();
        _group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done());
        await using var running = await _user.StartAsync("Go on", timeout);
        await running.UntilTextAsync("so far");
        await using var there = await _elsewhere.AttachAsync(running.GenerationId, cancellationToken: timeout);
        await there.UntilTextAsync("so far");

        await fault();
        gate.Open();
        await running.ToEndAsync().WaitAsync(timeout);

        var stored = await StoredAsync(running.GenerationId, timeout);
        Assert.That(
            (await StoredAsync(before.GetProperty("generationId").GetString()!, timeout)).Text, Is.EqualTo("Before"),
            "what was acknowledged is not lost");
        if (running.Frames[^2].Data == """{"reason":"completed"}""")
            Assert.That(stored, Is.EqualTo(("so far and on", "completed")));
        else
            Assert.That(stored.Reason, Is.AnyOf("interrupted", "failed").And.Not.EqualTo("completed"));
        foreach (var user in new[] { _user, _elsewhere })
        {
            _group.Emulator.Enqueue(Script.Answer("After"));
            Assert.That((await AskUntilServedAsync(user, timeout)).GetProperty("text").GetString(), Is.EqualTo("After"));
        }
        Assert.That(_group.Emulator.Requests, Has.Count.EqualTo(4), "each asked for once");
    }

    private async Task<(string Text, string Reason)> StoredAsync(string id, CancellationToken timeout)
    {
        while (true)
        {
            var (response, state) = await _elsewhere.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{id}"));
            if (response.IsSuccessStatusCode && state.TryGetProperty("finishReason", out var reason))
                return (state.GetProperty("text").GetString()!, reason.GetString()!);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, timeout);
        }
    }

    // A start is refused while the database cannot be reached, and starts nothing.
    private static async Task<JsonElement> AskUntilServedAsync(ChatClient user, CancellationToken timeout)
    {
        while (true)
        {
            var (response, answer) = await user.JsonAsync(ChatClient.Post(new { message = "Again" }, "application/json"));
            if (response.IsSuccessStatusCode)
                return answer;
            Assert.That((int)response.StatusCode, Is.EqualTo(503));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, timeout);
        }
    }
}
