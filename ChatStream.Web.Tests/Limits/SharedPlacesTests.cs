using ChatStream.Emulator;
using ChatStream.Web.Limits;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Limits;

/// <summary>Two instances over one PostgreSQL, without running apps.</summary>
[CancelAfter(60_000)]
internal sealed class SharedPlacesTests
{
    private const int Most = 20;

    private static readonly Limit[] Limits = [new("ada", Most)];

    [Test]
    public async Task Places_that_are_given_back_at_once_share_a_transaction_and_are_free_everywhere()
    {
        await using var one = await TestStore.OpenAsync(DatabaseKind.Postgres);
        await using var other = await TestStore.JoinAsync(one.Place);
        foreach (var store in new[] { one, other })
            await store.Instances.AliveAsync(store.Instance.Id, TestContext.CurrentContext.CancellationToken);
        var database = new CountingDatabase(one.Database);
        using var here = new SharedPlaces(
            database, one.Instances, one.Instance, one.Time, NullLogger<SharedPlaces>.Instance);
        using var there = new SharedPlaces(
            other.Database, other.Instances, other.Instance, other.Time, NullLogger<SharedPlaces>.Instance);
        var taken = await TakeAsync(here, one, Most);
        Assert.That((await there.TryTakeAsync(new Places(other.Time), "start", Limits, spare: 0)).Place, Is.Null);
        var (before, gate) = (database.Writes, new Gate());

        database.Hold = gate;
        var givenBack = taken.Select(place => place.DisposeAsync().AsTask()).ToList();
        gate.Open();
        await Task.WhenAll(givenBack);

        Assert.That(database.Writes - before, Is.InRange(1, 2), "what came while the first was written, and the first");
        Assert.That(await TakeAsync(there, other, Most), Has.Count.EqualTo(Most));
    }

    private static async Task<List<IAsyncDisposable>> TakeAsync(SharedPlaces shared, TestStore store, int count)
    {
        var (own, taken) = (new Places(store.Time), new List<IAsyncDisposable>());
        for (var i = 0; i < count; i++)
            taken.Add((await shared.TryTakeAsync(own, "start", Limits, spare: 0)).Place!);
        Assert.That(taken, Has.None.Null);
        return taken;
    }
}
