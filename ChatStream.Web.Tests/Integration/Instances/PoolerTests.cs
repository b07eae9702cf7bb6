using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
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
}
