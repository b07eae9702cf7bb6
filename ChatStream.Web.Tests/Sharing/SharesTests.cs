using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Sharing;
using ChatStream.Web.Storage;
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

    [Test]
    public async Task A_file_is_found_by_the_tokens_that_show_its_message_only()
    {
        var (shown, hidden, later) = (await FileAsync("shown"), await FileAsync("hidden"), await FileAsync("later"));
        var first = await SendAsync("Hello", shown);
        await SendAsync("Another branch", hidden, first.ConversationId, first.ConversationId);
        await Store.Library.ChangeAsync(Ada, first.ConversationId, new ConversationChange { LeafId = first.MessageId });
        var files = new ShareRequest { Files = true };
        var (token, _) = (await Open().ShareAsync(Ada, first.ConversationId, files, Token))!.Value;
        await SendAsync("Later", later, first.ConversationId, first.MessageId);
        var other = await TalkAsync("Without files", "!");
        var (without, _) = (await Open().ShareAsync(Ada, other.ConversationId, files, Token))!.Value;

        Assert.That(await Open().FindFileAsync(token, shown, Token), Is.EqualTo(Ada));
        foreach (var file in new[] { hidden, later, "AAAAAAAAAAAAAAAA", "" })
            Assert.That(await Open().FindFileAsync(token, file, Token), Is.Null, file);
        Assert.That(await Open().FindFileAsync(without, shown, Token), Is.Null, "of another share");
        Assert.That(await Open().FindFileAsync("x", shown, Token), Is.Null, "no token");
        var (closed, _) = (await Open().ShareAsync(Ada, first.ConversationId, new ShareRequest(), Token))!.Value;
        Assert.That(await Open().FindFileAsync(token, shown, Token), Is.Null, "the share was replaced");
        Assert.That(await Open().FindFileAsync(closed, shown, Token), Is.Null, "without files");
        var (last, _) = (await Open().ShareAsync(Ada, first.ConversationId, files, Token))!.Value;
        Assert.That(await Open().FindFileAsync(last, shown, Token), Is.EqualTo(Ada));
        await Store.Library.DeleteAsync(Ada, first.ConversationId);
        Assert.That(await Open().FindFileAsync(last, shown, Token), Is.Null, "the conversation is gone");
    }

    [Test]
    public async Task A_file_that_a_tool_gave_an_answer_is_not_shared()
    {
        var (sent, made) = (await FileAsync("sent"), await FileAsync("made"));
        var talk = await SendAsync("Draw", sent);
        await Store.Database.WriteAsync(Ada, async db =>
        {
            await StartFiles.AddAsync(db, talk.ConversationId, talk.MessageId, [made], Store.Time.GetUtcNow());
            return true;
        });
        var (token, _) = (await Open().ShareAsync(Ada, talk.ConversationId, new ShareRequest { Files = true }, Token))!.Value;

        Assert.That((await Open().FindAsync(token, Token))!.Files.SelectMany(files => files).Select(file => file.Id),
            Is.EqualTo(new[] { sent }));
        Assert.That(await Open().FindFileAsync(token, sent, Token), Is.EqualTo(Ada));
        Assert.That(await Open().FindFileAsync(token, made, Token), Is.Null);
    }

    [Test]
    public async Task To_find_a_file_reads_no_message()
    {
        if (Kind != DatabaseKind.Postgres)
            Assert.Ignore("PostgreSQL's commands are noted.");
        var file = await FileAsync("shown");
        var talk = await SendAsync("Hello", file);
        var (token, _) = (await Open().ShareAsync(Ada, talk.ConversationId, new ShareRequest { Files = true }, Token))!.Value;
        using var commands = new PostgresCommands();

        Assert.That(await Open().FindFileAsync(token, file, Token), Is.Not.Null);

        Assert.That(commands.Texts, Has.Count.EqualTo(2));
        Assert.That(commands.Texts, Has.None.Contains("\"Text\""));
    }

    private async Task<string> FileAsync(string name)
    {
        var file = new StoredFile
        {
            Id = Ids.New(),
            OwnerId = Ada.Id,
            Hash = name,
            Name = name,
            Kind = FileKind.Text,
            MediaType = "text/plain",
            Bytes = 1,
            TextBytes = 0,
            Tokens = 1,
            CreatedAt = Store.Time.GetUtcNow(),
            UsedAt = Store.Time.GetUtcNow(),
        };
        await Store.Database.WriteAsync(Ada, async db =>
        {
            await db.InsertAsync(file);
            return true;
        });
        return file.Id;
    }

    private async Task<StartPayload> SendAsync(
        string message, string file, string? conversationId = null, string? parentId = null)
    {
        var start = (await Store.StartAsync(Ada, TestStore.Command(new StartRequest
        {
            Message = message,
            Files = [file],
            ConversationId = conversationId,
            ParentId = parentId,
        }))).New!;
        await EndAsync(start, "!");
        return start;
    }

    private Shares Open(SharingOptions? options = null) => new(
        Store.Database, Store.Library, TestStore.Reads, Options.Create(options ?? new SharingOptions()), Store.Time);
}
