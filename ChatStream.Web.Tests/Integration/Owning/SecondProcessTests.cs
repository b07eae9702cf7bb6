using ChatStream.Emulator;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Owning;

/// <summary>PostgreSQL ends the session that keeps others out, and a second process starts before the first one looks.</summary>
internal sealed class SecondProcessTests(DatabaseKind kind) : OwningTest(kind)
{
    [Test]
    public async Task The_process_that_lost_the_database_ends_its_answers_and_starts_none()
    {
        if (Kind == DatabaseKind.Sqlite)
            Assert.Ignore("SQLite's lock on the folder cannot be lost.");
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Stall());
        Answers("Ho", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var running = await User.StartAsync("Hi");
        await using var completing = await User.StartAsync("Ho");
        await running.UntilTextAsync("so far");
        await completing.UntilTextAsync("so far");
        await PostgresServer.EndLockSessionAsync(Place.Place);
        var second = Place.ForProcess();
        await using (var _ = (IAsyncDisposable)second)
        {
            var orphans = new Orphans(second, TestStore.Tokens, TimeProvider.System);
            await new Recovery(second, orphans, new CheckpointJournal(second)).StartingAsync(Token);
            gate.Open();
            await completing.ToEndAsync();
            Look();
            await running.ToEndAsync();

            Assert.That(completing.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
            Assert.That(running.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
            Assert.That((await StoredAsync(running.GenerationId)).FinishReason, Is.EqualTo(FinishReason.Interrupted));
            Assert.That(
                await ReadyAsync(), Is.EqualTo((503, "Unhealthy\nAnother ChatStream process has the database.")));
            var (refused, problem) = await User.JsonAsync(ChatClient.Post(new { message = "Third" }));
            Assert.That(
                ((int)refused.StatusCode, problem.GetProperty("detail").GetString()),
                Is.EqualTo((503, "Another ChatStream process has the database. Nothing was started.")));
        }

        while ((await ReadyAsync()).Status != 200)
        {
            Token.ThrowIfCancellationRequested();
            Look();
        }
        Assert.That((await User.AskAsync("Third")).GetProperty("text").GetString(), Is.EqualTo("Third"));
    }

    private async Task<(int Status, string Text)> ReadyAsync()
    {
        using var response = await User.Http.GetAsync("/health/ready", Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
