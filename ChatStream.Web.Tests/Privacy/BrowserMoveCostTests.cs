using ChatStream.Web.Contract;
using ChatStream.Web.Privacy;
using ChatStream.Web.Prompts;
using ChatStream.Web.Tests.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using ChatStream.Web.Tools.Permissions;
using Moq;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Privacy;

internal sealed class BrowserMoveCostTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task Calls_of_tools_are_moved_in_slices_of_their_own()
    {
        var user = Owner.User("issuer", "ada");
        var calls = Enumerable.Range(0, 250).Select(i => new ToolPayload($"c{i}", "a", ToolState.Done)).ToList();
        var id = await Store.Library.ImportAsync(
            Ada, Trees.Of("Calls", Trees.Ask("q", null, "Hi"), Trees.Reply("a", "q", "Hello") with { Tools = calls }));
        var database = new CountingDatabase(Store.Database);

        await new BrowserMove(database, Mock.Of<IPromptBook>(), Mock.Of<IPermissions>()).MoveAsync(Ada, user);

        Assert.That(database.Writes, Is.EqualTo(8), "the folders, the log, two messages, 100 calls, 100 and 50, the rest");
        Assert.That((await Store.TreeAsync(user, id, Token))!.Messages[1].Tools, Has.Count.EqualTo(250));
    }
}
