using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>What the probes of an orchestrator are told.</summary>
internal sealed class HealthTests : AppTest
{
    [TestCase("live")]
    [TestCase("startup")]
    [TestCase("ready")]
    public async Task A_process_that_listens_is_well(string probe)
    {
        var (status, text) = await WellAsync(probe);

        Assert.That((status, text), Is.EqualTo((HttpStatusCode.OK, "Healthy")));
    }

    [Test]
    public async Task A_model_that_fails_makes_no_instance_unready()
    {
        Answers("Hi", Script.Error(503, """{"error":{"message":"Down."}}"""));
        var answer = await User.AskAsync("Hi");
        Assert.That(answer.GetProperty("finishReason").GetString(), Is.EqualTo("failed"));

        var (status, text) = await WellAsync("ready");

        Assert.That((status, text), Is.EqualTo((HttpStatusCode.OK, "Healthy")));
    }

    [TestCase(DatabaseKind.Sqlite)]
    [TestCase(DatabaseKind.Postgres)]
    public async Task A_database_without_a_migration_is_told(DatabaseKind kind)
    {
        await using var place = await TestDatabase.NewAsync(kind);
        await using var app = await ChatApp.StartAsync(Emulator, place.Use);
        var database = app.Services.GetRequiredService<IChatDatabase>();
        var removed = await database.WriteAsync(default, db => db.Database.ExecuteSqlRawAsync(
            """
            DELETE FROM "__EFMigrationsHistory"
            WHERE "MigrationId" = (SELECT max("MigrationId") FROM "__EFMigrationsHistory")
            """));
        Assert.That(removed, Is.EqualTo(1));

        const string Told = "Unhealthy\nThe database lacks migrations of this version.";
        using var scope = Assert.EnterMultipleScope();
        foreach (var probe in new[] { "startup", "ready" })
        {
            Assert.That(await ProbeAsync(app, probe), Is.EqualTo((HttpStatusCode.ServiceUnavailable, Told)), probe);
        }
        Assert.That((await ProbeAsync(app, "live")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    // A busy machine may take longer to write than the check waits. The next check waits for the same write.
    private async Task<(HttpStatusCode Status, string Text)> WellAsync(string probe)
    {
        var found = await ProbeAsync(App, probe);
        while (found.Status != HttpStatusCode.OK && !Token.IsCancellationRequested)
            found = await ProbeAsync(App, probe);
        return found;
    }

    private static async Task<(HttpStatusCode Status, string Text)> ProbeAsync(ChatApp app, string probe)
    {
        using var http = new HttpClient { BaseAddress = app.Address };
        using var response = await http.GetAsync(new Uri($"/health/{probe}", UriKind.Relative), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
