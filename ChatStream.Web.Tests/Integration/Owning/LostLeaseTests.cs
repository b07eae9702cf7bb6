using ChatStream.Emulator;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Owning;

/// <summary>An instance that cannot tell the others that it lives, or that they took for dead.</summary>
internal sealed class LostLeaseTests(DatabaseKind kind) : OwningTest(kind)
{
    [SetUp]
    public void OnPostgresOnly()
    {
        if (Kind == DatabaseKind.Sqlite)
            Assert.Ignore("A SQLite database has one instance.");
    }

    [Test]
    public async Task An_instance_that_was_taken_for_dead_ends_its_answers_and_goes_on()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Stall());
        Answers("Ho", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var running = await User.StartAsync("Hi");
        await using var completing = await User.StartAsync("Ho");
        await running.UntilTextAsync("so far");
        await completing.UntilTextAsync("so far");
        await App.Services.GetRequiredService<IInstances>()
            .RemoveAsync(App.Services.GetRequiredService<Instance>().Id, Token);
        await using (var second = await TestStore.JoinAsync(Place))
        {
            gate.Open();
            await completing.ToEndAsync();
            Look();
            await running.ToEndAsync();
        }

        Assert.That(completing.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That(running.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That((await StoredAsync(running.GenerationId)).FinishReason, Is.EqualTo(FinishReason.Interrupted));
        while ((await ReadyAsync()).Status != 200)
        {
            Token.ThrowIfCancellationRequested();
            Look();
        }
        Assert.That((await User.AskAsync("Third")).GetProperty("text").GetString(), Is.EqualTo("Third"));
    }

    [Test]
    public async Task An_instance_that_cannot_renew_its_lease_ends_its_answers_and_starts_none()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var running = await User.StartAsync("Hi");
        await running.UntilTextAsync("so far");
        Assert.That(await ReadyAsync(), Is.EqualTo((200, "Healthy")));
        // Alone, nobody would take it for dead.
        var instances = App.Services.GetRequiredService<IInstances>();
        await instances.AddAsync(new InstanceRow("another-process0", "http://127.0.0.1:1", ""), TimeSpan.FromHours(1), Token);
        await instances.AliveAsync(App.Services.GetRequiredService<Instance>().Id, Token);
        await PostgresServer.ShutOutAsync(Place.Place);
        try
        {
            while (App.Services.GetRequiredService<Lease>().IsHeld)
            {
                Look();
                Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
            await running.ToEndAsync();

            Assert.That(running.Frames[^2].Data, Is.AnyOf("""{"reason":"interrupted"}""", """{"reason":"failed"}"""));
            Assert.That(
                await ReadyAsync(), Is.EqualTo((503, "Unhealthy\nThis instance cannot tell the others that it lives.")));
        }
        finally
        {
            await PostgresServer.LetInAsync(Place.Place);
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
