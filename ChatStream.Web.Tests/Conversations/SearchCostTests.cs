using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>A search costs its owner's data only, and is bounded.</summary>
[CancelAfter(60_000)]
internal sealed class SearchCostTests
{
    private static readonly Owner Ada = new("browser:ada");
    private static readonly Owner Bob = new("browser:bob");

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task The_index_is_asked_for_the_terms_of_one_owner()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        await store.Library.ImportAsync(Ada, Trees.Of("zebra", Trees.Ask("q", null, "zeal")));
        await store.Library.ImportAsync(Bob, Trees.Of("zebra", Trees.Ask("q", null, "lion")));
        await using var db = store.Database.ReadAs(default);

        var ada = $"\"{SearchTerm.KeyOf(Ada.Id)}ze\"*";
        Assert.That(SearchTerm.KeyOf(Ada.Id), Has.Length.EqualTo(SearchTerm.KeyLength).And.Not.EqualTo(SearchTerm.KeyOf(Bob.Id)));
        Assert.That(await CountAsync(db, ada), Is.EqualTo(2), "her title and her message");
        Assert.That(await CountAsync(db, "\"ze\"*"), Is.Zero, "no term is without its owner");
    }

    [Test]
    public void Eight_words_of_a_query_count() =>
        Assert.That(
            string.Concat(SearchTerms.OfQuery("a b c d e f g h i j").Select(word => word[0].Term)), Is.EqualTo("abcdefgh"));

    [Test]
    public void The_terms_of_a_text_are_bounded_however_its_characters_decompose()
    {
        var wide = SearchTerms.Of(string.Join(' ', Enumerable.Range(0, 100_000).Select(i => $"word{i}")));
        var deep = SearchTerms.Of(new string('\uFDFA', 1_000_000));

        Assert.That(wide.Sum(term => term.Length + SearchTerm.KeyLength), Is.InRange(190_000, 200_000));
        Assert.That(deep, Has.Count.LessThan(10));
    }

    [Test]
    public void A_text_is_cut_into_the_same_terms_wherever_its_pieces_end()
    {
        // Marks, astral characters and Hangul stand at every place around the end of a piece.
        for (var before = 4080; before < 4100; before++)
        {
            var terms = SearchTerms.Of(new string(' ', before) + "cafe\u0301\u0323s 𠮷野家 한국어 e\u0301");
            Assert.That(terms, Is.EquivalentTo(SearchTerms.Of("cafés 𠮷野家 한국어 é")), $"{before} blanks before it");
        }
    }

    [Test]
    public async Task A_token_ends_a_query_of_sqlite_that_blocks_its_thread()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        using var gone = new CancellationTokenSource();
        await using var db = store.Database.ReadAs(Ada);
        await db.Database.OpenConnectionAsync(Token);
        ((SqliteConnection)db.Database.GetDbConnection()).CreateFunction("leave", () =>
        {
            gone.Cancel();
            return 0;
        });
        using var ending = db.EndQueriesWith(gone.Token);

        var fault = Assert.ThrowsAsync<SqliteException>(() => db.Database.SqlQuery<long>($"""
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000000000)
            SELECT SUM(CASE WHEN n = 1000 THEN leave() ELSE n END) AS "Value" FROM numbers
            """).ToListAsync(Token));

        Assert.That(fault!.SqliteErrorCode, Is.EqualTo(9), "interrupted");
    }

    [Test]
    public async Task Long_reads_run_on_threads_of_their_own_and_one_of_each_owner_at_a_time()
    {
        using var reads = new LongReads();
        var first = new TaskCompletionSource();
        var order = new List<string>();
        async Task<bool> ReadAsync(string who, Task until)
        {
            var isOfPool = Thread.CurrentThread.IsThreadPoolThread;
            await until;
            lock (order)
                order.Add(who);
            return isOfPool;
        }

        var ada1 = reads.RunAsync(Ada, () => ReadAsync("ada 1", first.Task), Token);
        var ada2 = reads.RunAsync(Ada, () => ReadAsync("ada 2", Task.CompletedTask), Token);
        var bob = reads.RunAsync(Bob, () => ReadAsync("bob", Task.CompletedTask), Token);
        await bob.WaitAsync(Token);
        first.SetResult();

        Assert.That(await Task.WhenAll(ada1, ada2, bob), Has.All.False, "no thread of the pool");
        Assert.That(order, Is.EqualTo(new[] { "bob", "ada 1", "ada 2" }));
    }

    [Test]
    public async Task An_owner_with_too_many_long_reads_is_refused_and_others_are_not()
    {
        using var reads = new LongReads();
        var first = new TaskCompletionSource<int>();
        var waiting = Enumerable.Range(0, 101).Select(_ => reads.RunAsync(Ada, () => first.Task, Token)).ToList();

        var refused = Assert.ThrowsAsync<RefusedException>(() => reads.RunAsync(Ada, () => first.Task, Token))!.Refusal;
        Assert.That((refused.Status, refused.RetryAfter), Is.EqualTo((429, 1)));
        Assert.That(await reads.RunAsync(Bob, () => Task.FromResult(1), Token), Is.EqualTo(1));
        first.SetResult(0);
        await Task.WhenAll(waiting).WaitAsync(Token);
    }

    [Test]
    public async Task A_search_in_a_database_that_takes_no_writes_finds_what_the_index_has()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        var id = await store.Library.ImportAsync(Ada, Trees.Of("zebra", Trees.Ask("q", null, "zeal")));
        await store.Database.WriteAsync(Ada, async db =>
        {
            await db.IndexSoonAsync(Ada.Id, id, messageId: null, ["later"]);
            return true;
        });
        var (gate, time) = (new Gate(), new WatchedTime());
        var database = new SteppedDatabase(store.Database) { Before = (_, _) => gate.WaitAsync(CancellationToken.None) };
        using var reads = new LongReads();
        var list = new ConversationList(database, reads, time);

        var waits = time.NextAsync(ConversationList.ForIndex, Token);
        var searching = list.ListAsync(Ada, new ListQuery("zebra", Before: null, 10), Token);
        await waits;
        time.Advance(ConversationList.ForIndex);

        Assert.That((await searching).Conversations, Has.Count.EqualTo(1));
        gate.Open();
    }

    private static Task<int> CountAsync(ChatDbContext db, string match) => db.Database.SqlQuery<int>(
        $"SELECT COUNT(*) AS \"Value\" FROM \"SearchIndex\" WHERE \"SearchIndex\" MATCH {match}").SingleAsync(Token);
}
