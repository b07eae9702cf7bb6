using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>Who gets the connections to PostgreSQL.</summary>
[CancelAfter(60_000)]
internal sealed class PostgresPoolTests
{
    /// <summary>More than the pool of a test has connections.</summary>
    private const int Many = 50;

    [Test]
    public async Task A_user_whose_writes_wait_for_each_other_leaves_connections_to_others(CancellationToken timeout)
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Postgres);
        var gate = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, Many).Select(_ => store.Database.WriteAsync(new Owner("browser:ada"), async _ =>
        {
            await gate.Task;
            return 0;
        })).ToList();

        foreach (var owner in new[] { new Owner("browser:bob"), default })
            await store.Database.WriteAsync(owner, db => db.Database.ExecuteSqlAsync($"SELECT 1", timeout)).WaitAsync(timeout);

        Assert.That(waiting, Has.None.Matches<Task>(write => write.IsCompleted));
        gate.SetResult();
        await Task.WhenAll(waiting).WaitAsync(timeout);
    }
}
