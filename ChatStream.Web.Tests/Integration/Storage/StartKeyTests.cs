using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Storage;

internal sealed class StartKeyTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly StartRequest Hello = new() { Message = "Hello" };

    [Test]
    public async Task A_repeat_finds_what_the_first_start_began_and_stores_nothing()
    {
        var first = await StartAsync("key-1");
        var second = await StartAsync("key-1");

        Assert.That(second, Is.EqualTo(new StartOutcome(first.GenerationId, New: null)));
        Assert.That(await CountAsync("Messages"), Is.EqualTo(2));
    }

    [Test]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await StartAsync("key-1");

        var refused = Assert.ThrowsAsync<RefusedException>(() => StartAsync("key-1", body: new StartRequest { Message = "Bye" }))!.Refusal;

        Assert.That((refused.Status, refused.Field), Is.EqualTo((422, "Idempotency-Key")));
    }

    [Test]
    public async Task A_key_is_its_owners_own()
    {
        var ada = await StartAsync("key-1");
        var bob = await StartAsync("key-1", owner: Bob);

        Assert.That(bob.New, Is.Not.Null);
        Assert.That(bob.GenerationId, Is.Not.EqualTo(ada.GenerationId));
    }

    [Test]
    public async Task A_key_is_kept_for_a_day()
    {
        var first = await StartAsync("key-1");

        Store.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.That((await StartAsync("key-1")).GenerationId, Is.EqualTo(first.GenerationId));
        Store.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await StartAsync("key-1")).New, Is.Not.Null);
    }

    [Test]
    public async Task Old_keys_go_when_another_start_comes()
    {
        await StartAsync("key-1");
        Store.Time.Advance(TimeSpan.FromHours(25));

        await StartAsync("key-2");

        Assert.That(await CountAsync("StartKeys"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_key_is_stored_with_its_message_or_not_at_all()
    {
        var refused = new StartRequest { Message = "Hello", ConversationId = "0123456789abcdef" };

        Assert.ThrowsAsync<RefusedException>(() => StartAsync("key-1", body: refused));

        Assert.That(await CountAsync("StartKeys"), Is.Zero);
        Assert.That((await StartAsync("key-1")).New, Is.Not.Null, "the key is still free");
    }

    [Test]
    public async Task Starts_with_one_key_at_the_same_time_store_one_message()
    {
        for (var round = 0; round < 5; round++)
        {
            var key = $"key-{round}";
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => StartAsync(key), Token)));

            Assert.That(outcomes.Select(outcome => outcome.GenerationId).Distinct().Count(), Is.EqualTo(1));
            Assert.That(outcomes.Count(outcome => outcome.New is not null), Is.EqualTo(1));
        }
        Assert.That(await CountAsync("Messages"), Is.EqualTo(10));
    }

    [Test]
    public async Task An_identical_request_is_known_again_for_a_minute_and_only_while_it_may_rejoin()
    {
        var first = await StartAsync(RepeatKey.OfIdentical(Hello));

        Assert.That((await StartAsync(RepeatKey.OfIdentical(Hello))).GenerationId, Is.EqualTo(first.GenerationId));
        var other = await StartAsync(RepeatKey.OfIdentical(Hello), mayRejoin: false);
        Assert.That(other.New, Is.Not.Null);
        Store.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.That((await StartAsync(RepeatKey.OfIdentical(Hello))).New, Is.Not.Null);
    }

    [Test]
    public async Task A_start_that_is_forgotten_is_new_again()
    {
        var key = RepeatKey.OfIdentical(Hello);
        var start = await StartAsync(key);

        await Store.Starts.ForgetAsync(Ada, key, "another");
        Assert.That(await Store.Starts.FindAsync(Ada, key, Token), Is.EqualTo(start.GenerationId));
        await Store.Starts.ForgetAsync(Ada, key, start.GenerationId);

        Assert.That(await Store.Starts.FindAsync(Ada, key, Token), Is.Null);
    }

    [Test]
    public async Task A_deleted_conversation_frees_its_keys()
    {
        var first = await StartAsync("key-1");

        await Store.Library.DeleteAsync(Ada, first.New!.ConversationId);

        Assert.That((await StartAsync("key-1")).New, Is.Not.Null);
    }

    private Task<StartOutcome> StartAsync(string key, StartRequest? body = null, Owner? owner = null) =>
        StartAsync(RepeatKey.Of(key, body ?? Hello), body, owner);

    private Task<StartOutcome> StartAsync(RepeatKey key, StartRequest? body = null, Owner? owner = null, bool mayRejoin = true) =>
        Store.StartAsync(owner ?? Ada, TestStore.Command(body ?? Hello, key), mayRejoin);
}
