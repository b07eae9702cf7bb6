using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>
/// While a conversation of 10,000 messages is stored or removed, other users start answers and read them to the end.
/// </summary>
internal sealed class SlicesTests(DatabaseKind kind) : ConversationsTest(kind)
{
    private SteppedDatabase Database => App.Services.GetRequiredService<SteppedDatabase>();

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Services = SteppedDatabase.AddTo;
        setup.Settings["Conversations:RestoreFor"] = "00:00:00"; // what is deleted is removed at once
    }

    [Test]
    public async Task Others_are_answered_in_the_middle_of_a_large_import_and_of_a_large_deletion()
    {
        using var other = App.NewUser();
        var body = JsonSerializer.Serialize(Trees.Chain(10_000), WireJson.Wire.ConversationTree);

        var (reached, gate) = HoldAt(Owner.Importing, 50);
        var importing = SendAsync(HttpMethod.Post, "/conversations/import", body);
        await reached.WaitAsync(Token);
        await TalkAsync("Meanwhile", by: other);
        Assert.That((await GetAsync("/conversations")).Body, Is.EqualTo("""{"conversations":[]}"""), "not yet whole");
        gate.Open();
        var imported = await importing;
        Assert.That(imported.Status, Is.EqualTo(201));
        Assert.That(Database.WritesOf(Owner.Importing), Is.EqualTo(101));
        var path = $"/conversations/{imported.Json.GetProperty("id").GetString()}";

        (reached, gate) = HoldAt(Owner.Removed, 50);
        Assert.That((await SendAsync(HttpMethod.Delete, path)).Status, Is.EqualTo(204));
        await reached.WaitAsync(Token);
        await TalkAsync("And now", by: other);
        Assert.That((await GetAsync(path)).Status, Is.EqualTo(404));
        Assert.That((await GetAsync("/conversations?q=message")).Body, Is.EqualTo("""{"conversations":[]}"""));
        gate.Open();

        await using var db = Database.ReadAs(default);
        while (await db.Messages.IgnoreQueryFilters().CountAsync(Token) > 4)
            await Task.Yield();
        Assert.That((await GetAsync("/conversations", other)).Json.GetProperty("conversations").GetArrayLength(), Is.EqualTo(2));
    }

    private (Task Reached, Gate Gate) HoldAt(Owner held, int write)
    {
        var gate = new Gate();
        Database.Before = (owner, number) =>
            owner == held && number == write ? gate.WaitAsync(CancellationToken.None) : Task.CompletedTask;
        return (gate.Reached, gate);
    }
}
