using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Sharing;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Sharing;

internal sealed class SharesTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task A_share_shows_the_path_as_it_was_and_no_more_than_was_chosen()
    {
        var first = await TalkAsync("Hello", "Hello!");
        await Store.Library.ChangeAsync(Ada, first.ConversationId, new ConversationChange { Title = "Then" });

        var (token, share) = (await Open().ShareAsync(Ada, first.ConversationId, new ShareRequest(), Token))!.Value;
        await TalkAsync("Later", "Later!", first.ConversationId);
        await Store.Library.ChangeAsync(Ada, first.ConversationId, new ConversationChange { Title = "Now" });

        var shared = (await Open().FindAsync(token, Token))!;
        Assert.That(shared.Turns.SelectMany(turn => turn).Select(message => message.Text),
            Is.EqualTo(new[] { "Hello", "Hello!" }));
        Assert.That((shared.Share.Title, share.Reasoning, share.Files), Is.EqualTo(("Then", false, false)));
        Assert.That(share.ExpiresAt, Is.EqualTo(Store.Time.GetUtcNow() - TimeSpan.FromMilliseconds(1) + TimeSpan.FromDays(30))
            .Within(TimeSpan.FromMilliseconds(1)));
        Assert.That(token, Has.Length.EqualTo(43));
        await using var db = Store.Database.ReadAs(Ada);
        Assert.That(db.Shares.Select(row => row.TokenHash).Single(), Is.Not.EqualTo(token));
    }

    [Test]
    public async Task An_answer_that_runs_is_not_in_a_share_and_nothing_is_no_share()
    {
        var first = await TalkAsync("Hello", "Hello!");
        await StartAsync("Running", first.ConversationId);

        var (token, _) = (await Open().ShareAsync(Ada, first.ConversationId, new ShareRequest(), Token))!.Value;

        var shared = (await Open().FindAsync(token, Token))!;
        Assert.That(shared.Turns.SelectMany(turn => turn).Select(message => message.Text),
            Is.EqualTo(new[] { "Hello", "Hello!", "Running" }));
        Assert.That(await Open().ShareAsync(Bob, first.ConversationId, new ShareRequest(), Token), Is.Null, "another's");
    }

    [Test]
    public async Task A_share_ends_by_its_owner_its_time_a_newer_one_and_with_its_conversation(
        [Values("revoked", "expired", "replaced", "deleted", "off", "retained")] string how)
    {
        var talk = await TalkAsync("Hello", "Hello!");
        var (token, _) = (await Open().ShareAsync(Ada, talk.ConversationId, new ShareRequest(), Token))!.Value;
        Assert.That(await Open().FindAsync(token, Token), Is.Not.Null);
        var open = Open();

        switch (how)
        {
            case "revoked":
                Assert.That(await Open().RevokeAsync(Bob, talk.ConversationId), Is.False, "by another");
                Assert.That(await Open().FindAsync(token, Token), Is.Not.Null);
                Assert.That(await Open().RevokeAsync(Ada, talk.ConversationId), Is.True);
                break;
            case "expired":
                Store.Time.Advance(TimeSpan.FromDays(30));
                break;
            case "replaced":
                await Open().ShareAsync(Ada, talk.ConversationId, new ShareRequest(), Token);
                break;
            case "deleted":
                await Store.Library.DeleteAsync(Ada, talk.ConversationId);
                break;
            case "retained":
                await using (var db = Store.Database.ReadAs(Ada))
                    await Removal.TakeAwayAsync(db.Conversations);
                break;
            case "off":
                open = Open(new() { Who = ShareReaders.Off });
                break;
        }

        Assert.That(await open.FindAsync(token, Token), Is.Null);
        Assert.That((await open.ListAsync(Ada, Token)).Shares, Has.Count.EqualTo(how is "replaced" or "off" ? 1 : 0));
        await Store.RemoveLeftAsync();
        using var expired = new ExpiredShares(Store.Database, Store.Time, NullLogger<ExpiredShares>.Instance);
        await expired.RemoveAsync(Token);
        Assert.That(await CountAsync("Shares"), Is.EqualTo(how is "replaced" or "off" ? 1 : 0), "no row is left");
    }

    [Test]
    public async Task Number_size_and_time_are_limited()
    {
        var few = Open(new() { MostPerUser = 1, MostBytes = 1024, LongestFor = TimeSpan.FromDays(2) });
        var (one, other) = (await TalkAsync("Hello", "Hello!"), await TalkAsync("Hello again", "Hello!"));
        var large = await TalkAsync("Long", new string('ä', 600));
        var (_, share) = (await few.ShareAsync(Ada, one.ConversationId, new ShareRequest(), Token))!.Value;
        Assert.That(share.ExpiresAt - share.CreatedAt, Is.EqualTo(TimeSpan.FromDays(2)), "no longer than is allowed");

        Assert.That(Code(other, new ShareRequest()), Is.EqualTo((409, "too_many_shares")));
        Assert.That(Code(large, new ShareRequest()), Is.EqualTo((409, "share_too_large")));
        Assert.That(Code(one, Until(TimeSpan.FromDays(4))), Is.EqualTo((400, "share_too_long")));
        Assert.That(Code(one, Until(TimeSpan.Zero)), Is.EqualTo((400, "share_expiry")));
        Assert.That(await few.ShareAsync(Ada, one.ConversationId, Until(TimeSpan.FromDays(1)), Token), Is.Not.Null,
            "the same conversation once more");
        Store.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(await few.ShareAsync(Ada, other.ConversationId, new ShareRequest(), Token), Is.Not.Null,
            "what has expired does not count");

        (int, string?) Code(StartPayload talk, ShareRequest request)
        {
            var refusal = Assert.ThrowsAsync<RefusedException>(
                () => few.ShareAsync(Ada, talk.ConversationId, request, Token))!.Refusal;
            return (refusal.Status, refusal.Code);
        }

        ShareRequest Until(TimeSpan time) => new() { Expires = Store.Time.GetUtcNow() + time };
    }

    private Shares Open(SharingOptions? options = null) => new(
        Store.Database, Store.Library, TestStore.Reads, Options.Create(options ?? new SharingOptions()), Store.Time);
}
