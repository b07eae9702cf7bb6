using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Owning;

/// <summary>A stored answer whose frames another instance may still have.</summary>
internal sealed class KeeperTests(DatabaseKind kind) : OwningTest(kind)
{
    [SetUp]
    public void OnPostgresOnly()
    {
        if (Kind == DatabaseKind.Sqlite)
            Assert.Ignore("A SQLite database has one instance.");
    }

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Generation:KeepEndedCount"] = "0";
    }

    [Test]
    public async Task A_stored_answer_is_served_where_the_other_instances_cannot_be_asked_for()
    {
        var id = (await User.AskAsync("Hi")).GetProperty("generationId").GetString()!;
        await OwnAsync(id, "another-process0");
        await RenameAsync("Instances", "Hidden");
        try
        {
            await using var stream = await (await User.AttachAsync(id, cancellationToken: Token)).ToEndAsync();

            Assert.That(
                stream.Frames.Select(frame => frame.Event), Is.EqualTo(new[] { "start", "snapshot", "finish", "stop" }));
        }
        finally
        {
            await RenameAsync("Hidden", "Instances");
        }
    }

    private Task<int> RenameAsync(string from, string to) => Database.WriteAsync(
        default, db => db.Command($"ALTER TABLE \"{from}\" RENAME TO \"{to}\"").ExecuteNonQueryAsync(Token));
}
