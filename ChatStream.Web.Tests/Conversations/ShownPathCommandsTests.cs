using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>Commands are seen on PostgreSQL only. SQLite gets the same.</summary>
[CancelAfter(60_000)]
internal sealed class ShownPathCommandsTests
{
    [Test]
    public async Task A_change_of_the_shown_path_reads_no_text()
    {
        var ada = new Owner("browser:ada");
        await using var store = await TestStore.OpenAsync(DatabaseKind.Postgres);
        var id = await store.Library.ImportAsync(ada, Trees.Chain(20));
        var tree = (await store.TreeAsync(ada, id, CancellationToken.None))!;
        using var commands = new PostgresCommands();

        var changed = await store.Library.ChangeAsync(ada, id, new ConversationChange { LeafId = tree.Messages[0].Id });

        Assert.That(changed!.LeafId, Is.EqualTo(tree.LeafId));
        Assert.That(commands.Texts, Has.Count.GreaterThan(3).And.Some.Contains("RECURSIVE"));
        Assert.That(commands.Texts, Has.None.Contains("\"Text\"").And.None.Contains("m.*"));
    }
}
