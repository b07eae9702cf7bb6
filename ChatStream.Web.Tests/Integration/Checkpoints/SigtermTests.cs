using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>A real process is told to stop while its database does not work.</summary>
[CancelAfter(300_000)]
internal sealed class SigtermTests
{
    [Test]
    public async Task Text_that_waits_to_be_stored_is_stored_at_sigterm(CancellationToken timeout)
    {
        var data = Directory.CreateTempSubdirectory("chatstream-sigterm-").FullName;
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        var gate = new Gate();
        emulator.On(_ => Script.Start().Text("so far").Wait(gate).Text(" and more").Finish("stop").Done());
        var settings = Settings(emulator);
        string id;
        System.Net.CookieContainer cookies;
        await using (var app = await AppProcess.StartAsync(AppProcess.Built, data, settings))
        {
            using var user = app.NewUser();
            cookies = user.Cookies;
            await using var stream = await user.StartAsync("Hi", timeout);
            await stream.UntilTextAsync("so far");
            id = stream.GenerationId;
            await using var other = new SqliteConnection($"Data Source={Path.Combine(data, "chatstream.db")};Pooling=false");
            await other.OpenAsync(timeout);
            await using var transaction = other.BeginTransaction();
            gate.Open();
            await stream.ToEndAsync();
            Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"failed"}"""));

            app.Terminate();
            await app.LineAsync("Application is shutting down");
            await transaction.RollbackAsync(timeout);

            Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
        }

        await using (var app = await AppProcess.StartAsync(AppProcess.Built, data, settings))
        {
            using var user = new ChatClient(app.Address, cookies);
            var stored = await user.FindAsync(id);
            Assert.That(
                (stored.GetProperty("text").GetString(), stored.GetProperty("finishReason").GetString()),
                Is.EqualTo(("so far and more", "failed")), "stored as it was told, with the whole text");
        }
        Directory.Delete(data, recursive: true);
    }

    [Test]
    public async Task Readers_are_told_at_sigterm_while_the_database_hangs(CancellationToken timeout)
    {
        var data = Directory.CreateTempSubdirectory("chatstream-sigterm-").FullName;
        await using var database = await TestDatabase.NewAsync(DatabaseKind.Postgres);
        await using var proxy = await CommitProxy.StartAsync(database.Place);
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        emulator.On(_ => Script.Start().Text("so far").Stall());
        await using var app = await AppProcess.StartAsync(
            AppProcess.Built, data,
            [.. Settings(emulator), ("ConnectionStrings:Postgres", proxy.ConnectionString), ("Generation:DrainFor", "00:00:00")]);
        using var user = app.NewUser();
        await using var stream = await user.StartAsync("Hi", timeout);
        await stream.UntilTextAsync("so far");
        proxy.Pause();

        app.Terminate();

        await stream.ToEndAsync();
        Assert.That(stream.Frames.TakeLast(2).Select(frame => $"{frame.Event} {frame.Data}"), Is.EqualTo(new[]
        {
            """finish {"reason":"failed"}""", "stop stopped",
        }));
        Assert.That(await app.Exited.WaitAsync(timeout), Is.Zero, app.Output);
        Directory.Delete(data, recursive: true);
    }

    private static (string Key, string Value)[] Settings(EmulatorServer emulator) =>
    [
        ("AzureOpenAI:Endpoint", emulator.Endpoint.ToString()), ("AzureOpenAI:Deployment", "gpt-4o"),
        ("AzureOpenAI:ApiKey", "emulator-key"), ("Conversations:ModelTitles", "false"),
    ];
}
