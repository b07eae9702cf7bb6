using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Npgsql;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Documents;

/// <summary>The lines of <c>docs/operations.md</c> for backup and restore, as they stand there, while answers run.</summary>
[CancelAfter(120_000)]
internal sealed class BackupTests
{
    private readonly string _backup = Directory.CreateTempSubdirectory("chatstream-backup-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_backup, recursive: true);

    [Test]
    public async Task What_was_backed_up_is_there_after_a_restore([Values] DatabaseKind kind, CancellationToken timeout)
    {
        _ = kind == DatabaseKind.Sqlite ? RealParts.Sqlite : RealParts.PostgresFolder;
        var isPostgres = kind == DatabaseKind.Postgres;
        var first = isPostgres ? await PostgresServer.NewDatabaseAsync(migrated: false) : "";
        var second = isPostgres ? await PostgresServer.NewDatabaseAsync(migrated: false) : "";
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: timeout);
        emulator.On(request => request.LastUserMessage == "Still running" ? Script.Start().Text("Hel").Stall() : null);
        await using var app = await ChatApp.StartAsync(emulator, setup => setup.Settings["ConnectionStrings:Postgres"] = first);
        using var user = app.NewUser();
        var ended = await user.AskAsync("Kept for later");
        await using var running = await user.StartAsync("Still running", timeout);
        await running.UntilTextAsync("Hel");

        Run("Backup", kind, app.DataFolder, first);
        // What comes after the backup is not in it.
        var later = await user.AskAsync("Too late");
        // In the restored database it counts as alive for some seconds, so it must not be there to be asked.
        await app.DisposeAsync();
        await using var restored = await ChatApp.StartAsync(emulator, setup =>
        {
            setup.Settings["ConnectionStrings:Postgres"] = second;
            Run("Restore", kind, setup.DataFolder, second);
        });
        // The same browser: the keys that sign its cookie are restored too.
        using var same = new ChatClient(restored.Address, user.Cookies);

        Assert.That(await TreeAsync(same, ended), Does.Contain("Kept for later").And.Contain("\"finishReason\":\"completed\""));
        var cut = "";
        while (!cut.Contains("\"finishReason\":\"interrupted\"", StringComparison.Ordinal))
            cut = await same.Http.GetStringAsync($"/conversations/{running.ConversationId}", timeout);
        Assert.That(cut, Does.Contain("Still running").And.Not.Contain("\"state\":\"running\""));
        using var unknown = await same.Http.GetAsync(
            $"/conversations/{later.GetProperty("conversationId").GetString()}", timeout);
        Assert.That((int)unknown.StatusCode, Is.EqualTo(404));
        Assert.That((await same.AskAsync("On we go")).GetProperty("text").GetString(), Is.EqualTo("On we go"));
    }

    [Test]
    public void None_has_more_than_five_lines([Values("Backup", "Restore", "Upgrade")] string heading)
    {
        foreach (var block in OperationsLines.Below(heading))
            Assert.That(block.Split('\n'), Has.Length.LessThanOrEqualTo(5));
    }

    private static Task<string> TreeAsync(ChatClient user, System.Text.Json.JsonElement answer) =>
        user.Http.GetStringAsync($"/conversations/{answer.GetProperty("conversationId").GetString()}");

    private void Run(string heading, DatabaseKind kind, string data, string connectionString)
    {
        var lines = OperationsLines.Below(heading)[kind == DatabaseKind.Sqlite ? 0 : 1];
        var start = new ProcessStartInfo(RealParts.Bash, ["-euc", lines]) { WorkingDirectory = _backup };
        start.Environment["DATA"] = data;
        start.Environment["BACKUP"] = Path.Combine(_backup, "it");
        if (kind == DatabaseKind.Postgres)
        {
            var database = new NpgsqlConnectionStringBuilder(connectionString);
            start.Environment["DATABASE"] = $"host={database.Host} user={database.Username} dbname={database.Database}";
            start.Environment["PATH"] = $"{RealParts.PostgresFolder}:{start.Environment["PATH"]}";
        }
        var (output, exitCode) = RealProcess.Run(start);
        Assert.That(exitCode, Is.Zero, $"{heading}:\n{lines}\n{output}");
    }
}
