using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Starting;

internal sealed class ExpiredKeysTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task Expired_keys_of_all_owners_are_removed_in_slices_and_others_stay()
    {
        var now = Store.Time.GetUtcNow();
        await AddAsync(Ada, 2 * ExpiredKeys.Slice - 20, now - TimeSpan.FromHours(25));
        await AddAsync(Bob, 70, now - TimeSpan.FromHours(25));
        await AddAsync(new Owner("browser:visitor"), 3, now - TimeSpan.FromHours(23));
        var database = new CountingDatabase(Store.Database);
        using var keys = Of(database);

        await keys.RemoveAsync(Token);

        Assert.That((await CountAsync("StartKeys"), database.Writes), Is.EqualTo((3, 3)));
    }

    [Test]
    public async Task They_are_looked_for_every_hour()
    {
        await AddAsync(Ada, 1, Store.Time.GetUtcNow());
        using var keys = Of(Store.Database);
        await keys.StartAsync(Token);

        while (await CountAsync("StartKeys") > 0)
        {
            Token.ThrowIfCancellationRequested();
            Store.Time.Advance(ExpiredKeys.Every);
        }
        await keys.StopAsync(Token);

        Assert.That(Store.Time.GetUtcNow(), Is.GreaterThan(new DateTimeOffset(2026, 5, 5, 10, 0, 0, TimeSpan.Zero)));
    }

    private ExpiredKeys Of(IChatDatabase database) => new(database, Store.Time, NullLogger<ExpiredKeys>.Instance);

    private Task<int> AddAsync(Owner owner, int count, DateTimeOffset at) => Store.Database.WriteAsync(owner, db =>
    {
        db.StartKeys.AddRange(Enumerable.Range(0, count).Select(i => new StartKey
        {
            OwnerId = owner.Id,
            Key = $"key-{i}",
            BodyHash = [],
            GenerationId = "0123456789abcdef",
            CreatedAt = at,
        }));
        return db.SaveChangesAsync(Token);
    });
}
