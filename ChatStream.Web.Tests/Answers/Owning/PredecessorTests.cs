using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Owning;

/// <summary>Who had the data folder before is dead. Who has it still is not.</summary>
internal sealed class PredecessorTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatstream-predecessor-").FullName;

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task An_instance_whose_folder_is_free_counts_as_dead_and_another_one_does_not()
    {
        await using var database = await TestDatabase.NewAsync(DatabaseKind.Postgres);
        var instances = database.InstancesForProcess();
        await using var connections = (IAsyncDisposable)instances;
        var (first, second, third, elsewhere) = (new Instance(), new Instance(), new Instance(), new Instance());
        foreach (var instance in new[] { first, second, third, elsewhere })
            await instances.AddAsync(new InstanceRow(instance.Id, "http://127.0.0.1:1", ""), TimeSpan.FromMinutes(1), default);

        using (var folder = new FolderLock(_folder))
        {
            await new Predecessor(folder, instances, first).BuryAsync(default);
            using var taken = new FolderLock(_folder);
            await new Predecessor(taken, instances, second).BuryAsync(default);
            Assert.That(await AliveAsync(instances), Has.Count.EqualTo(4), "the first has its folder");
        }
        using var free = new FolderLock(_folder);
        await new Predecessor(free, instances, third).BuryAsync(default);

        Assert.That(await AliveAsync(instances), Is.EquivalentTo(new[] { second.Id, third.Id, elsewhere.Id }));
    }

    private static async Task<List<string>> AliveAsync(IInstances instances) =>
        [.. (await instances.AliveAsync("", default)).Select(row => row.Id)];
}
