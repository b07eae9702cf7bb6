using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Npgsql;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Instances;

/// <summary>The database behind a real PgBouncer in transaction mode, which keeps no session for anybody.</summary>
internal sealed class PoolerTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task The_app_starts_stops_and_starts_again_behind_a_pooler(CancellationToken timeout)
    {
        await using var database = await TestDatabase.NewAsync(DatabaseKind.Postgres, migrated: false);
        await using var pooler = await PgBouncerServer.StartAsync(database.Place);
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        for (var start = 0; start < 2; start++)
        {
            await using var app = await ChatApp.StartAsync(emulator, setup =>
                setup.Settings["ConnectionStrings:Postgres"] = pooler.Through(database.Place));
            using var user = app.NewUser();
            await user.IdentifyAsync();

            // More at once than the pooler has connections.
            var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => user.AskAsync($"Message {n}")));

            Assert.That(
                answers.Select(answer => answer.GetProperty("text").GetString()),
                Is.EqualTo(Enumerable.Range(0, 5).Select(n => $"Message {n}")));
            Assert.That(await user.Http.GetStringAsync("/health/ready", timeout), Is.EqualTo("Healthy"));
        }
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Several_instances_share_a_database_behind_a_pooler(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(0, timeout);
        await using var pooler = await PgBouncerServer.StartAsync(group.Database.Place);
        await group.AddAsync(2, settings: ("ConnectionStrings:Postgres", pooler.Through(group.Database.Place)));
        await Task.WhenAll(group.Processes.Select(process => process.LineAsync(" 2 instances are alive.")));
        using var user = await group.NewUserAsync(0);
        using var elsewhere = group.At(1, user);
        var gate = new Gate();
        group.Emulator.On(request =>
            Script.Start().Text("so far").Wait(gate).Text(request.LastUserMessage).Finish("stop").Done());

        // More at once than the pooler has connections.
        var here = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => user.StartAsync($" and on {n}", timeout)));
        foreach (var stream in here)
            await stream.UntilTextAsync("so far");
        var there = await Task.WhenAll(
            here.Select(stream => elsewhere.AttachAsync(stream.GenerationId, cancellationToken: timeout)));
        (await elsewhere.StopAsync(here[0].GenerationId)).Dispose();
        gate.Open();
        await Task.WhenAll(here.Concat(there).Select(stream => stream.ToEndAsync())).WaitAsync(timeout);

        Assert.That(there.Select(stream => stream.Frames), Is.EqualTo(here.Select(stream => stream.Frames)));
        Assert.That(
            here.Select(stream => stream.Frames[^2].Data),
            Is.EqualTo(here.Select((_, n) => n == 0 ? """{"reason":"stopped"}""" : """{"reason":"completed"}""")));
        await RenewedAsync(group, timeout);
        foreach (var stream in here.Concat(there))
            await stream.DisposeAsync();

        group.Processes[0].Terminate();
        Assert.That(await group.Processes[0].Exited.WaitAsync(timeout), Is.Zero);
        Assert.That(await LeasesAsync(group), Has.Count.EqualTo(1), "it has given its own back");
        Assert.That((await elsewhere.AskAsync("!")).GetProperty("text").GetString(), Is.EqualTo("so far!"));
    }

    private static async Task RenewedAsync(InstanceGroup group, CancellationToken timeout)
    {
        var before = await LeasesAsync(group);
        while ((await LeasesAsync(group)).Any(lease => lease.Until == before.Single(known => known.Id == lease.Id).Until))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout);
    }

    private static async Task<List<(string Id, DateTime Until)>> LeasesAsync(InstanceGroup group)
    {
        var leases = new List<(string, DateTime)>();
        await using var source = NpgsqlDataSource.Create(group.Database.Place);
        await using var command = source.CreateCommand("""SELECT "Id", "AliveUntil" FROM "Instances" """);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            leases.Add((rows.GetString(0), rows.GetDateTime(1)));
        return leases;
    }
}
