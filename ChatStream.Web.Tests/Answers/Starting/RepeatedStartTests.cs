using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Starting;

/// <summary>A repeated start finds the first one and never pays for a second answer.</summary>
internal sealed class RepeatedStartTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly StartRequest Hello = new() { Message = "Hello" };
    private static readonly RepeatKey Key = RepeatKey.Of("key-1", Hello);
    private static readonly RepeatKey Identical = RepeatKey.OfIdentical(Hello);

    [Test]
    public async Task A_repeat_finds_the_first_start_and_stores_nothing()
    {
        Assert.That(await FindAsync(Key), Is.Null);
        var first = await StartAsync(Key);
        await Store.ReopenAsync();

        Assert.That(await FindAsync(Key), Is.EqualTo(first.GenerationId));
        Assert.That(await StartAsync(Key, mayRejoin: false), Is.EqualTo(new StartOutcome(first.GenerationId, New: null)));
        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages")), Is.EqualTo((1, 2)));
    }

    [Test]
    public async Task Starts_with_one_key_at_the_same_time_store_one_message()
    {
        for (var round = 0; round < 5; round++)
        {
            var key = RepeatKey.Of($"key-{round}", Hello);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => StartAsync(key), Token)));

            Assert.That(outcomes.Select(outcome => outcome.GenerationId).Distinct().Count(), Is.EqualTo(1));
            Assert.That(outcomes.Count(outcome => outcome.New is not null), Is.EqualTo(1));
        }
        Assert.That(await CountAsync("Messages"), Is.EqualTo(10));
    }

    [Test]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await StartAsync(Key);
        StartRequest[] others =
        [
            new() { Message = "Bye" }, Hello with { ConversationId = "c" }, Hello with { ParentId = "p" }, Hello
                with { Model = "m" },
        ];
        foreach (var other in others)
        {
            var key = RepeatKey.Of("key-1", other);
            var finding = Assert.ThrowsAsync<RefusedException>(() => FindAsync(key))!.Refusal;
            var starting = Assert.ThrowsAsync<RefusedException>(() => StartAsync(key, other))!.Refusal;

            Assert.That((finding.Status, finding.Field), Is.EqualTo((422, "Idempotency-Key")));
            Assert.That(starting, Is.EqualTo(finding));
        }
    }

    [Test]
    public async Task Two_users_can_use_the_same_key()
    {
        var ada = await StartAsync(Key);
        var bob = await StartAsync(Key, owner: Bob);

        Assert.That(bob.New, Is.Not.Null);
        Assert.That(bob.GenerationId, Is.Not.EqualTo(ada.GenerationId));
        Assert.That(await FindAsync(Key), Is.EqualTo(ada.GenerationId));
    }

    [Test]
    public async Task A_key_is_kept_for_a_day()
    {
        var first = await StartAsync(Key);
        Store.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.That(await FindAsync(Key), Is.EqualTo(first.GenerationId));
        Assert.That((await StartAsync(Key)).GenerationId, Is.EqualTo(first.GenerationId));
        Store.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await FindAsync(Key), Is.Null);

        var second = await StartAsync(Key);
        Assert.That(second.New, Is.Not.Null);
        Assert.That(await FindAsync(Key), Is.EqualTo(second.GenerationId));
    }

    [Test]
    public async Task An_expired_key_can_be_used_with_another_body()
    {
        await StartAsync(Key);
        Store.Time.Advance(TimeSpan.FromHours(24));
        var other = Hello with { Message = "Bye" };

        Assert.That((await StartAsync(RepeatKey.Of("key-1", other), other)).New, Is.Not.Null);
    }

    [Test]
    public async Task The_next_start_removes_expired_keys()
    {
        await StartAsync(Key);
        Store.Time.Advance(TimeSpan.FromHours(25));

        await StartAsync(RepeatKey.Of("key-2", Hello));

        Assert.That(await CountAsync("StartKeys"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_refused_start_does_not_use_up_its_key()
    {
        var refused = Hello with { ConversationId = "0123456789abcdef" };

        Assert.ThrowsAsync<RefusedException>(() => StartAsync(RepeatKey.Of("key-1", refused), refused));

        Assert.That((await CountAsync("StartKeys"), await FindAsync(Key)), Is.EqualTo((0, (string?)null)));
        Assert.That((await StartAsync(Key)).New, Is.Not.Null);
    }

    [Test]
    public async Task An_identical_request_counts_as_a_repeat_for_a_minute()
    {
        var first = await StartAsync(Identical);
        Store.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(await StartAsync(Identical), Is.EqualTo(new StartOutcome(first.GenerationId, New: null)));
        Store.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await StartAsync(Identical)).New, Is.Not.Null);
    }

    [Test]
    public async Task An_identical_request_starts_a_new_answer_while_the_first_is_being_read()
    {
        var first = await StartAsync(Identical);
        var second = await StartAsync(Identical, mayRejoin: false);

        Assert.That(second.New, Is.Not.Null);
        Assert.That(second.GenerationId, Is.Not.EqualTo(first.GenerationId));
        Assert.That(await FindAsync(Identical), Is.EqualTo(second.GenerationId));
    }

    [Test]
    public async Task A_key_is_forgotten_only_together_with_its_own_answer()
    {
        var start = await StartAsync(Identical);

        await Store.Starts.ForgetAsync(Ada, Identical, "another");
        Assert.That(await FindAsync(Identical), Is.EqualTo(start.GenerationId));
        await Store.Starts.ForgetAsync(Ada, Identical, start.GenerationId);

        Assert.That(await FindAsync(Identical), Is.Null);
    }

    [Test]
    public async Task A_key_is_free_again_when_its_answer_failed_without_a_word([Values] bool identical)
    {
        var key = identical ? Identical : Key;
        var first = await StartAsync(key);
        await EndAsync(first.New!, "", FinishReason.Failed);
        Assert.That(await FindAsync(key), Is.Null);

        var second = await StartAsync(key);

        Assert.That(second.New, Is.Not.Null);
        Assert.That(second.GenerationId, Is.Not.EqualTo(first.GenerationId));
        Assert.That(await FindAsync(key), Is.EqualTo(second.GenerationId));
        Assert.That(await CountAsync("StartKeys"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_key_that_is_free_again_can_be_used_with_another_body()
    {
        await EndAsync((await StartAsync(Key)).New!, "", FinishReason.Failed);
        var other = Hello with { Message = "Bye" };

        Assert.That((await StartAsync(RepeatKey.Of("key-1", other), other)).New, Is.Not.Null);
    }

    [TestCase("Hello", FinishReason.Failed)]
    [TestCase("", FinishReason.Completed)]
    [TestCase("", FinishReason.Filtered)]
    [TestCase("", FinishReason.Interrupted)]
    [TestCase("", FinishReason.Stopped)]
    public async Task Every_other_end_keeps_the_key(string text, FinishReason reason)
    {
        var first = await StartAsync(Key);
        await EndAsync(first.New!, text, reason);

        Assert.That(await FindAsync(Key), Is.EqualTo(first.GenerationId));
        Assert.That((await StartAsync(Key)).New, Is.Null);
    }

    [Test]
    public async Task Starts_at_the_same_time_with_a_key_that_is_free_again_store_one_message()
    {
        await EndAsync((await StartAsync(Key)).New!, "", FinishReason.Failed);
        for (var round = 0; round < 5; round++)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => StartAsync(Key), Token)));

            Assert.That(outcomes.Select(outcome => outcome.GenerationId).Distinct().Count(), Is.EqualTo(1));
            var started = outcomes.Single(outcome => outcome.New is not null);
            await EndAsync(started.New!, "", FinishReason.Failed);
        }
        Assert.That(await CountAsync("Messages"), Is.EqualTo(12));
    }

    [Test]
    public async Task A_repeat_after_its_conversation_was_deleted_is_gone_as_long_as_the_key_is_kept()
    {
        var first = await StartAsync(Key);
        await Store.Library.DeleteAsync(Ada, first.New!.ConversationId);
        Store.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));

        var finding = Assert.ThrowsAsync<RefusedException>(() => FindAsync(Key))!.Refusal;
        var starting = Assert.ThrowsAsync<RefusedException>(() => StartAsync(Key))!.Refusal;

        Assert.That((finding.Status, finding.Field, finding.Code), Is.EqualTo((410, "Idempotency-Key", "gone")));
        Assert.That(starting, Is.EqualTo(finding));
        Assert.That(await CountAsync("Messages"), Is.Zero);
        Store.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await StartAsync(Key)).New, Is.Not.Null);
    }

    [Test]
    public async Task A_GET_without_a_key_starts_anew_what_was_deleted()
    {
        var first = await StartAsync(Identical);
        await Store.Library.DeleteAsync(Ada, first.New!.ConversationId);

        Assert.That((await StartAsync(Identical)).New, Is.Not.Null);
    }

    private Task<string?> FindAsync(RepeatKey key) => Store.Starts.FindAsync(Ada, key, Token);

    private Task<StartOutcome> StartAsync(RepeatKey key, StartRequest? body = null, Owner? owner = null, bool mayRejoin = true) =>
        Store.StartAsync(owner ?? Ada, TestStore.Command(body ?? Hello, key), mayRejoin);
}
