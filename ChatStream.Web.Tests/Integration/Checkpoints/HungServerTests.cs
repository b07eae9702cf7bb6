using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>PostgreSQL answers nothing, as a server does that hangs. Everybody is told all the same.</summary>
internal sealed class HungServerTests : AppTest
{
    private TestDatabase? _database;
    private CommitProxy? _proxy;

    protected override async Task PrepareAsync()
    {
        _database = await TestDatabase.NewAsync(DatabaseKind.Postgres);
        _proxy = await CommitProxy.StartAsync(_database.Place);
    }

    protected override void Configure(ChatApp.Setup setup) =>
        setup.Settings["ConnectionStrings:Postgres"] = _proxy!.ConnectionString;

    [OneTimeTearDown]
    public async Task DropDatabaseAsync()
    {
        _proxy?.Resume();
        await StopAppAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Test]
    public async Task Readers_starts_pages_and_health_are_answered_while_the_server_hangs()
    {
        var gate = new Gate();
        Answers("Stalls", Script.Start().Text("so far").Wait(gate).Text("more").Stall());
        Answers("Ends", Script.Start().Text("so far").Wait(gate).Text("more").Finish("stop").Done());
        Answers("Stopped", Script.Start().Text("so far").Stall());
        await using var stalls = await User.StartAsync("Stalls");
        await using var ends = await User.StartAsync("Ends");
        await using var stopped = await User.StartAsync("Stopped");
        foreach (var stream in new[] { stalls, ends, stopped })
            await stream.UntilTextAsync("so far");
        _proxy!.Pause();
        var hung = Stopwatch.GetTimestamp();
        gate.Open();

        var stop = StatusAsync(HttpMethod.Post, $"/chat/stream/{stopped.GenerationId}/stop");
        var start = StatusAsync(HttpMethod.Post, "/chat/stream", """{"message":"Second"}""");
        var list = StatusAsync(HttpMethod.Get, "/conversations");
        var page = StatusAsync(HttpMethod.Get, "/");
        var ready = StatusAsync(HttpMethod.Get, "/health/ready");
        await Task.WhenAll(stalls.ToEndAsync(), ends.ToEndAsync(), stopped.ToEndAsync(), stop, start, list, page, ready);
        var took = Stopwatch.GetElapsedTime(hung);

        Assert.That(
            new[] { await stop, await start, await list, await page, await ready },
            Is.EqualTo(new[] { 204, 503, 503, 503, 503 }));
        foreach (var stream in new[] { stalls, ends, stopped })
        {
            Assert.That(stream.Frames.TakeLast(3).Select(frame => $"{frame.Event} {frame.Data}"), Is.EqualTo(new[]
            {
                """failure {"code":"internal","message":"The answer could not be stored."}""",
                """finish {"reason":"failed"}""", "stop stopped",
            }));
        }
        await TestContext.Out.WriteLineAsync($"All were answered within {took.TotalSeconds:0.0} s.");
        // A bound on real time holds only on a machine that does nothing else.
        if (Soak.IsOn)
            Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(15)));

        _proxy.Resume();
        while (await StatusAsync(HttpMethod.Get, "/health/ready") != 200)
            Token.ThrowIfCancellationRequested();
        Assert.That((await User.AskAsync("Third")).GetProperty("text").GetString(), Is.EqualTo("Third"));
        await RestartAsync();
        foreach (var (stream, text) in new[] { (stalls, "so farmore"), (ends, "so farmore"), (stopped, "so far") })
        {
            var stored = await User.FindAsync(stream.GenerationId);
            Assert.That(
                (stored.GetProperty("text").GetString(), stored.GetProperty("finishReason").GetString()),
                Is.EqualTo((text, "failed")), "stored as it was told, with the whole text");
        }
    }

    private async Task<int> StatusAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var sent = Stopwatch.GetTimestamp();
        using var response = await User.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        if (Stopwatch.GetElapsedTime(sent) is { TotalSeconds: > 1 } took)
            await TestContext.Out.WriteLineAsync($"{method} {path}: {took.TotalSeconds:0.0} s");
        return (int)response.StatusCode;
    }
}
