using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>PostgreSQL goes away while the app runs, and comes back.</summary>
internal sealed class LostServerTests : AppTest
{
    private TestDatabase? _database;

    protected override async Task PrepareAsync() => _database = await TestDatabase.NewAsync(DatabaseKind.Postgres);

    protected override void Configure(ChatApp.Setup setup) => _database!.Use(setup);

    [OneTimeTearDown]
    public async Task DropDatabaseAsync()
    {
        await StopAppAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Test]
    public async Task Requests_report_the_lost_server_and_work_again_afterwards()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        await PostgresServer.ShutOutAsync(_database!.Place);

        Assert.Multiple(async () =>
        {
            Assert.That(await StatusAsync(HttpMethod.Get, "/conversations"), Is.EqualTo(503));
            Assert.That(await StatusAsync(HttpMethod.Get, "/conversations?q=so"), Is.EqualTo(503));
            Assert.That(await StatusAsync(HttpMethod.Get, $"/conversations/{stream.ConversationId}"), Is.EqualTo(503));
            Assert.That(await StatusAsync(HttpMethod.Delete, $"/conversations/{stream.ConversationId}"), Is.EqualTo(503));
            Assert.That(await StatusAsync(HttpMethod.Post, "/chat/stream", """{"message":"Second"}"""), Is.EqualTo(503));
            Assert.That(
                await StatusAsync(HttpMethod.Get, "/chat/stream?message=Third"), Is.EqualTo(503),
                "where the key is looked up first");
            Assert.That(await StatusAsync(HttpMethod.Get, "/health/ready"), Is.EqualTo(503));
            Assert.That(
                await StatusAsync(HttpMethod.Get, $"/chat/stream/{stream.GenerationId}", accept: "application/json"),
                Is.EqualTo(200), "what runs is in memory");
        });
        (await User.StopAsync(stream.GenerationId)).Dispose();
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^3].Data, Is.EqualTo("""{"code":"internal","message":"The answer could not be stored."}"""));

        await PostgresServer.LetInAsync(_database.Place);
        while (await StatusAsync(HttpMethod.Get, "/health/ready") != 200)
            Token.ThrowIfCancellationRequested();
        Assert.That((await User.AskAsync("Fourth")).GetProperty("text").GetString(), Is.EqualTo("Fourth"));
        await RestartAsync();
        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("so far"));
    }

    private async Task<int> StatusAsync(HttpMethod method, string path, string? json = null, string accept = "*/*")
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Accept", accept } } };
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await User.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (int)response.StatusCode;
    }
}
