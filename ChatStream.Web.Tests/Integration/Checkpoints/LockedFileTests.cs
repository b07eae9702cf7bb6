using ChatStream.Emulator;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Checkpoints;

/// <summary>Another program locks the SQLite file, such as a backup or a shell in a transaction.</summary>
internal sealed class LockedFileTests : AppTest
{
    private string _folder = "";

    protected override void Configure(ChatApp.Setup setup)
    {
        _folder = setup.DataFolder;
        // As in the app, but it waits one second for the lock instead of five.
        setup.Services = services =>
            services.AddSingleton<IChatDatabase>(provider =>
                new SqliteDatabase(
                    _folder, NullLogger<SqliteDatabase>.Instance, patience: 1,
                    folderLock: provider.GetRequiredService<FolderLock>()));
    }

    [Test]
    public async Task A_locked_file_refuses_starts_and_fails_answers_until_it_is_unlocked()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        await using var other = new SqliteConnection($"Data Source={Path.Combine(_folder, "chatstream.db")};Pooling=false");
        await other.OpenAsync(Token);
        await ExecuteAsync(other, "BEGIN EXCLUSIVE");

        using (var refused = await User.Http.SendAsync(ChatClient.Post(new { message = "Second" }), Token))
            Assert.That((int)refused.StatusCode, Is.EqualTo(503));
        Assert.That((int)(await User.Http.GetAsync("/conversations", Token)).StatusCode, Is.EqualTo(200), "reading goes on");
        // The end cannot be stored either. Stop reports the failure without waiting for the lock.
        using (var stopped = await User.StopAsync(stream.GenerationId))
            Assert.That((int)stopped.StatusCode, Is.EqualTo(204));
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^3].Data, Is.EqualTo("""{"code":"internal","message":"The answer could not be stored."}"""));
        Assert.That((int)(await User.Http.GetAsync("/health/ready", Token)).StatusCode, Is.EqualTo(503));

        await ExecuteAsync(other, "ROLLBACK");
        while ((int)(await User.Http.GetAsync("/health/ready", Token)).StatusCode != 200)
            Token.ThrowIfCancellationRequested();
        Assert.That((await User.AskAsync("Third")).GetProperty("text").GetString(), Is.EqualTo("Third"));
        await RestartAsync();
        var stored = await User.FindAsync(stream.GenerationId);
        Assert.That(
            (stored.GetProperty("text").GetString(), stored.GetProperty("finishReason").GetString()),
            Is.EqualTo(("so far", "failed")));
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Two constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Token);
    }
}
