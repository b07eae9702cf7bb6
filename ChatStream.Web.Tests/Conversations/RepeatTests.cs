using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>A start that is repeated never buys a second answer.</summary>
internal sealed class RepeatTests : StoreTest
{
    private static readonly StartRequest Hi = new() { Message = "Hi" };
    private static readonly RepeatKey Key = RepeatKey.Of("k-1", Hi);
    private static readonly RepeatKey Identical = RepeatKey.OfIdentical(Hi);

    [Test]
    public async Task The_same_key_and_body_find_the_first_start()
    {
        Assert.That(await Starts.FindAsync(Me, Key, Token), Is.Null);
        var first = await StartAsync(Hi, Key, Me);
        await ReopenAsync();

        Assert.That(await Starts.FindAsync(Me, Key, Token), Is.EqualTo(first.GenerationId));
        Assert.That(await StartAsync(Hi, Key, Me, mayRejoin: false), Is.EqualTo(new StartOutcome(first.GenerationId, New: null)));
        Assert.That(await RecentAsync(Me, 10), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Starts_at_the_same_moment_are_one()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartAsync(Hi, Key, Me)));

        Assert.That(outcomes.Count(outcome => outcome.New is not null), Is.EqualTo(1));
        Assert.That(outcomes.Select(outcome => outcome.GenerationId).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await StartAsync(Hi, Key, Me);
        StartRequest[] others = [new() { Message = "Ho" }, Hi with { ConversationId = "c" }, Hi with { ParentId = "p" }, Hi with { Model = "m" }];
        foreach (var other in others)
        {
            var key = RepeatKey.Of("k-1", other);
            var finding = Assert.ThrowsAsync<RefusedException>(() => Starts.FindAsync(Me, key, Token))!.Refusal;
            var starting = Assert.ThrowsAsync<RefusedException>(() => StartAsync(other, key, Me))!.Refusal;

            Assert.That((finding.Status, finding.Field), Is.EqualTo((422, "Idempotency-Key")));
            Assert.That(starting, Is.EqualTo(finding));
        }
    }

    [Test]
    public async Task A_key_is_kept_for_a_day()
    {
        var first = await StartAsync(Hi, Key, Me);
        Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.That(await Starts.FindAsync(Me, Key, Token), Is.EqualTo(first.GenerationId));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await Starts.FindAsync(Me, Key, Token), Is.Null);

        var second = await StartAsync(Hi, Key, Me);
        Assert.That(second.New, Is.Not.Null);
        Assert.That(await Starts.FindAsync(Me, Key, Token), Is.EqualTo(second.GenerationId));
    }

    [Test]
    public async Task A_key_that_has_expired_may_come_with_another_body()
    {
        await StartAsync(Hi, Key, Me);
        Time.Advance(TimeSpan.FromHours(24));
        var other = Hi with { Message = "Ho" };

        Assert.That((await StartAsync(other, RepeatKey.Of("k-1", other), Me)).New, Is.Not.Null);
    }

    [Test]
    public async Task An_identical_request_is_known_again_for_a_minute()
    {
        var first = await StartAsync(Hi, Identical, Me);
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(await StartAsync(Hi, Identical, Me), Is.EqualTo(new StartOutcome(first.GenerationId, New: null)));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await StartAsync(Hi, Identical, Me)).New, Is.Not.Null);
    }

    [Test]
    public async Task An_identical_request_starts_anew_where_its_predecessor_is_read()
    {
        var first = await StartAsync(Hi, Identical, Me);
        var second = await StartAsync(Hi, Identical, Me, mayRejoin: false);

        Assert.That(second.New, Is.Not.Null);
        Assert.That(second.GenerationId, Is.Not.EqualTo(first.GenerationId));
        Assert.That(await Starts.FindAsync(Me, Identical, Token), Is.EqualTo(second.GenerationId));
    }

    [Test]
    public async Task A_request_that_was_read_to_the_end_is_forgotten()
    {
        var outcome = await StartAsync(Hi, Identical, Me);
        await Starts.ForgetAsync(Me, Identical, outcome.GenerationId);

        Assert.That(await Starts.FindAsync(Me, Identical, Token), Is.Null);
    }

    [Test]
    public async Task A_key_is_its_owners()
    {
        var (mine, theirs) = (await StartAsync(Hi, Key, Me), await StartAsync(Hi, Key, Other));

        Assert.That(theirs.New, Is.Not.Null);
        Assert.That(await Starts.FindAsync(Me, Key, Token), Is.EqualTo(mine.GenerationId));
    }

    [Test]
    public async Task A_refused_start_leaves_no_key()
    {
        await RefusedAsync("Hi", conversationId: "0000000000000000", key: Key);

        Assert.That(await Starts.FindAsync(Me, Key, Token), Is.Null);
    }
}
