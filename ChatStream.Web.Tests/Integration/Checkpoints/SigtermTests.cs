using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>A real process is told to stop while another program has the SQLite file locked.</summary>
[CancelAfter(120_000)]
internal sealed class SigtermTests
{
    [Test]
    public async Task Text_that_waits_to_be_stored_is_stored_at_sigterm(CancellationToken timeout)
    {
        var data = Directory.CreateTempSubdirectory("chatstream-sigterm-").FullName;
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        var gate = new Gate();
        emulator.On(_ => Script.Start().Text("so far").Wait(gate).Text(" and more").Finish("stop").Done());
        var settings = new[]
        {
            ("AzureOpenAI:Endpoint", emulator.Endpoint.ToString()), ("AzureOpenAI:Deployment", "gpt-4o"),
            ("AzureOpenAI:ApiKey", "emulator-key"), ("Conversations:ModelTitles", "false"),
        };
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
}
