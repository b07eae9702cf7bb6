using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Checkpoints;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>A write that takes too long is given up.</summary>
[CancelAfter(60_000)]
internal sealed class BoundedDatabaseTests
{
    private readonly WatchedTime _time = new();
    private TestStore _store = null!;
    private FaultyDatabase _inner = null!;
    private BoundedDatabase _bounded = null!;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public async Task OpenAsync()
    {
        _store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        _inner = new FaultyDatabase(_store.Database);
        _bounded = new BoundedDatabase(_inner, _time);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _bounded.DisposeAsync();
        await _inner.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task A_write_that_has_not_begun_in_time_is_given_up_and_never_begins()
    {
        var (gate, begun) = (_inner.Hold = new Gate(), false);
        var armed = _time.NextAsync(BoundedDatabase.Patience, Token);
        var ended = _inner.MoreAsync(1, Token);
        var write = _bounded.WriteAsync(default, _ => Task.FromResult(begun = true));
        await armed;
        _time.Advance(BoundedDatabase.Patience);

        var fault = Assert.ThrowsAsync<StorageException>(() => write)!;
        Assert.That((fault.IsUnknown, fault.IsTimeout), Is.EqualTo((true, true)));
        _inner.Hold = null;
        gate.Open();
        await ended;
        Assert.That(begun, Is.False);
    }

    [Test]
    public async Task A_write_that_ends_in_time_is_as_without_a_bound()
    {
        Assert.That(await _bounded.WriteAsync(default, _ => Task.FromResult(7)), Is.EqualTo(7));
        _inner.Fails = true;
        var fault = Assert.ThrowsAsync<StorageException>(() => _bounded.WriteAsync(default, _ => Task.FromResult(7)))!;
        Assert.That((fault.IsUnknown, fault.IsTimeout), Is.EqualTo((false, false)));
        Assert.ThrowsAsync<RefusedException>(() =>
        {
            _inner.Fails = false;
            return _bounded.WriteAsync<int>(default, _ => throw new RefusedException(404, null, "No."));
        });
    }
}
