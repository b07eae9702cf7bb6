using System.IO.Compression;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Conversations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Privacy;

/// <summary>What a user gets of all that is stored, and what is left after it was erased.</summary>
internal sealed class OwnDataTests(DatabaseKind kind) : ConversationsTest(kind)
{
    [Test]
    public async Task The_archive_has_each_conversation_as_it_can_be_imported_and_the_usage()
    {
        var (one, two) = (await TalkAsync("One"), await TalkAsync("Two"));
        await SendAsync(HttpMethod.Post, "/chat/stream", """{"message":"Unseen","temporary":true}""");
        var prompt = await SendAsync(HttpMethod.Post, "/prompts", """{"title":"Mine","text":"My text"}""");
        using var other = App.NewUser();
        await TalkAsync("Of another", by: other);

        using var response = await User.Http.GetAsync("/account/export", Token);
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(Token));

        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/zip"));
        Assert.That(response.Content.Headers.ContentDisposition!.ToString(),
            Does.Match(@"^attachment; filename=chatstream-\d{4}-\d\d-\d\d\.zip$"));
        Assert.That(response.Headers.CacheControl!.ToString(), Is.EqualTo("no-store"));
        Assert.That(zip.Entries.Select(entry => entry.FullName), Is.EqualTo(new[]
        {
            $"conversations/{one.ConversationId}.json", $"conversations/{two.ConversationId}.json", "folders.json",
            "prompts.json", "audit.json", "usage.json",
        }));
        var tree = await ReadAsync(zip.Entries[0]);
        Assert.That(tree, Is.EqualTo((await GetAsync($"/conversations/{one.ConversationId}")).Body));
        Assert.That((await SendAsync(HttpMethod.Post, "/conversations/import", tree)).Status, Is.EqualTo(201));
        Assert.That(await ReadAsync(zip.GetEntry("prompts.json")!), Is.EqualTo($$"""{"prompts":[{{prompt.Body}}]}"""));
        Assert.That(JsonDocument.Parse(await ReadAsync(zip.GetEntry("audit.json")!)).RootElement.EnumerateArray()
            .Select(entry => entry.GetProperty("action").GetString()), Is.EqualTo(new[] { "account_exported" }));
        Assert.That(JsonDocument.Parse(await ReadAsync(zip.Entries[^1])).RootElement
            .GetProperty("total").GetProperty("answers").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public async Task The_archive_has_the_account_and_all_that_the_audit_log_has_of_it()
    {
        var talk = await TalkAsync("One");
        var owner = await OwnerOfAsync(talk.ConversationId);
        await AddRestAsync(owner, talk);
        var audit = App.Services.GetRequiredService<IAuditLog>();
        for (var i = 0; i < 201; i++) // more than one read
            await audit.NoteAsync(new Caller(new Owner(owner), "10.0.0.1"), AuditAction.ConversationExported, $"number {i}");
        using var other = App.NewUser();
        (await other.Http.GetAsync("/account/export", Token)).Dispose();

        using var response = await User.Http.GetAsync("/account/export", Token);
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(Token));

        Assert.That(await ReadAsync(zip.GetEntry("account.json")!), Is.EqualTo(
            """{"name":"Ada","groups":["STAFF"],"permissions":[{"server":"tickets","givenAt":"1970-01-01T00:00:00+00:00"}]}"""));
        var entries = JsonDocument.Parse(await ReadAsync(zip.GetEntry("audit.json")!)).RootElement.EnumerateArray().ToList();
        Assert.That(
            entries.Where(entry => entry.TryGetProperty("subject", out _))
                .Select(entry => entry.GetProperty("subject").GetString()),
            Is.EqualTo(Enumerable.Range(0, 201).Select(i => $"number {i}")));
        Assert.That(entries[0].GetProperty("address").GetString(), Is.EqualTo("10.0.0.1"));
        Assert.That(entries.Count(entry => entry.GetProperty("action").GetString() == "account_exported"), Is.EqualTo(1));
    }

    [Test]
    public async Task After_an_erasure_no_row_of_the_owner_is_left_and_what_ran_is_stopped([Values] bool byForm)
    {
        using var other = App.NewUser();
        var of = await TalkAsync("Of another", by: other);
        Answers("Long", Script.Start().Text("begun").Stall());
        var one = await TalkAsync("One");
        var owner = await OwnerOfAsync(one.ConversationId);
        await AddRestAsync(owner, one);
        await SendAsync(HttpMethod.Post, "/chat/stream", """{"message":"Unseen","temporary":true}""");
        await SendAsync(HttpMethod.Post, "/prompts", """{"title":"Mine","text":"My text"}""");
        using var request = ChatClient.Post(new { message = "Long" }, idempotencyKey: "a-key");
        await using var running = await User.StreamAsync(request, Token);
        await running.UntilTextAsync("begun");
        await SendAsync(HttpMethod.Post, "/folders", """{"name":"Ships"}""");
        var deleted = await TalkAsync("Deleted a moment ago");
        await SendAsync(HttpMethod.Delete, $"/conversations/{deleted.ConversationId}");
        Assert.That((await RowsOfAsync(owner)).Select(table => table.Rows), Is.All.Positive);

        if (byForm)
        {
            var refused = await SendAsync(HttpMethod.Post, "/account/erase", "", "application/x-www-form-urlencoded");
            Assert.That(refused.Status, Is.EqualTo(400));
            Assert.That(refused.Body, Does.Contain("Nothing was deleted."));
            Assert.That((await GetAsync("/conversations")).Json.GetProperty("conversations").GetArrayLength(), Is.EqualTo(2));
            var erased = await SendAsync(
                HttpMethod.Post, "/account/erase", "confirm=all", "application/x-www-form-urlencoded");
            Assert.That(erased.Status, Is.EqualTo(303));
            var page = await GetAsync(erased.Response.Headers.Location!.OriginalString);
            Assert.That(page.Body, Does.Contain("Everything was deleted. Conversations that were removed: 3."));
        }
        else
        {
            Assert.That((await SendAsync(HttpMethod.Delete, "/account")).Status, Is.EqualTo(204));
        }

        await running.ToEndAsync();
        await (await AskedAsync(3)).Ended.WaitAsync(Token);
        Assert.That((await GetAsync("/conversations")).Json.GetProperty("conversations").GetArrayLength(), Is.Zero);
        Assert.That((await RowsOfAsync(owner)).Where(table => table.Rows > 0), Is.Empty);
        Assert.That((await RowsOfAsync($"deleted:{owner}")).Where(table => table.Rows > 0), Is.Empty);
        await using (var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default))
        {
            var noted = await db.Set<AuditEvent>().Where(entry => entry.OwnerId == Owner.Erased.Id).ToListAsync(Token);
            Assert.That(noted.Select(entry => entry.Subject), Has.Member(deleted.ConversationId));
            Assert.That(noted.Select(entry => (entry.Name, entry.Address)), Is.All.EqualTo(("erased", (string?)null)));
        }
        Assert.That((await GetAsync($"/conversations/{of.ConversationId}", by: other)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task To_erase_everything_does_not_give_new_calls_of_tools_for_the_day()
    {
        var owner = await OwnerOfAsync((await TalkAsync("One")).ConversationId);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await CountCallsAsync(owner, today, 7);
        await CountCallsAsync(owner, today.AddDays(-1), 9);

        Assert.That((await SendAsync(HttpMethod.Delete, "/account")).Status, Is.EqualTo(204));

        await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(new Owner(owner));
        Assert.That(await db.Database.SqlQuery<long>(
            $"""SELECT "Answers" AS "Value" FROM "UsageCounts" WHERE "OwnerId" = {owner}""").ToListAsync(Token),
            Is.EqualTo(new[] { 7L }));
    }

    [Test]
    public async Task Several_conversations_are_deleted_at_once_and_unknown_ones_are_skipped()
    {
        var (one, two, three) = (await TalkAsync("One"), await TalkAsync("Two"), await TalkAsync("Three"));
        using var other = App.NewUser();
        var of = await TalkAsync("Of another", by: other);

        var deleted = await SendAsync(HttpMethod.Post, "/conversations/delete",
            $$"""{"ids":["{{one.ConversationId}}","{{of.ConversationId}}","AAAAAAAAAAAAAAAA","{{three.ConversationId}}"]}""");

        Assert.That((deleted.Status, deleted.Body), Is.EqualTo((204, "")));
        Assert.That((await GetAsync("/conversations")).Json.GetProperty("conversations").EnumerateArray()
            .Select(each => each.GetProperty("id").GetString()), Is.EqualTo(new[] { two.ConversationId }));
        Assert.That((await GetAsync($"/conversations/{of.ConversationId}", by: other)).Status, Is.EqualTo(200));
    }

    [TestCase("""{"ids":["no id"]}""", "ids")]
    [TestCase("""{"ids":[7]}""", "ids[0]")]
    [TestCase("""{"ids":null}""", "ids")]
    [TestCase("{}", "ids")]
    public async Task Ids_that_are_none_delete_nothing(string json, string fault)
    {
        var kept = await TalkAsync("Kept");

        var refused = await SendAsync(HttpMethod.Post, "/conversations/delete", json);

        Assert.That((refused.Status, string.Join(' ', refused.Faults)), Is.EqualTo((400, fault)), refused.Body);
        Assert.That((await GetAsync($"/conversations/{kept.ConversationId}")).Status, Is.EqualTo(200));
    }

    private static async Task<string> ReadAsync(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(await entry.OpenAsync(Token));
        return await reader.ReadToEndAsync(Token);
    }

    private Task<int> CountCallsAsync(string owner, DateOnly day, int calls) =>
        App.Services.GetRequiredService<IChatDatabase>().WriteAsync(new Owner(owner), db => db.Command("""
            INSERT INTO "UsageCounts" ("OwnerId", "Day", "Model", "Kind", "Name", "Answers")
            VALUES (@owner, @day, '', 'Tool', '', @calls)
            """).With("@day", day).With("@calls", calls).ExecuteNonQueryAsync());

    private async Task<string> OwnerOfAsync(string conversationId)
    {
        await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default);
        return await db.Conversations.IgnoreQueryFilters().Where(c => c.Id == conversationId).Select(c => c.OwnerId)
            .SingleAsync(Token);
    }

    /// <summary>Adds what a browser that only talks does not have, as rows.</summary>
    private Task<int> AddRestAsync(string owner, Talk talk) => App.Services.GetRequiredService<IChatDatabase>().WriteAsync(
        new Owner(owner), async db =>
        {
            var (at, file) = (DateTimeOffset.UnixEpoch, Ids.New());
            db.Add(new KnownUser { OwnerId = owner, Name = "Ada", SeenAt = at });
            db.Add(new UserGroup { OwnerId = owner, Group = "STAFF" });
            db.Add(new StoredPreferences { OwnerId = owner, Text = "theme=dark" });
            db.Add(new ToolGrant { OwnerId = owner, Server = "tickets", Id = Ids.New(), Tokens = "", GivenAt = at });
            db.Add(new StoredFile
            {
                Id = file,
                OwnerId = owner,
                Hash = file,
                Name = "notes.txt",
                Kind = FileKind.Text,
                MediaType = "text/plain",
                Bytes = 0,
                TextBytes = 0,
                Tokens = 0,
                CreatedAt = at,
                UsedAt = at,
            });
            db.Add(new MessageFile
            {
                MessageId = talk.MessageId,
                Number = 0,
                FileId = file,
                ConversationId = talk.ConversationId,
                OwnerId = owner,
                Name = "notes.txt",
            });
            db.Add(new Share
            {
                ConversationId = talk.ConversationId,
                OwnerId = owner,
                TokenHash = Ids.New(),
                LeafId = talk.AnswerId,
                Title = "One",
                HasReasoning = false,
                HasFiles = false,
                CreatedAt = at,
                ExpiresAt = DateTimeOffset.MaxValue,
            });
            db.Add(new MessageFeedback
            {
                MessageId = talk.AnswerId,
                ConversationId = talk.ConversationId,
                OwnerId = owner,
                Rating = FeedbackRating.Up,
                At = at,
            });
            db.Add(new PathSummary
            {
                MessageId = talk.AnswerId,
                ConversationId = talk.ConversationId,
                OwnerId = owner,
                Text = "One",
                Tokens = 1,
                CreatedAt = at,
            });
            db.Add(new ToolCall
            {
                Id = Ids.New(),
                MessageId = talk.AnswerId,
                ConversationId = talk.ConversationId,
                OwnerId = owner,
                Number = 1,
                Round = 1,
                At = 0,
                Name = "clock",
                Arguments = "{}",
                State = ToolState.Done,
            });
            return await db.SaveChangesAsync(Token);
        });

    /// <summary>Rows of each table that names an owner: a new one is in it by itself.</summary>
    private async Task<IReadOnlyList<(string Table, int Rows)>> RowsOfAsync(string owner)
    {
        var rows = new List<(string, int)>();
        await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default);
        var tables = db.Model.GetEntityTypes().Where(type => type.FindProperty("OwnerId") is not null)
            .Select(type => type.GetTableName()!).Append("SearchDocuments").ToList();
        Assert.That(tables, Has.Count.AtLeast(19));
        foreach (var table in tables)
        {
#pragma warning disable EF1002 // The table names are those of the model.
            rows.Add((table, await db.Database.SqlQueryRaw<int>(
                $"SELECT CAST(COUNT(*) AS integer) AS \"Value\" FROM \"{table}\" WHERE \"OwnerId\" = {{0}}", owner)
                .SingleAsync(Token)));
#pragma warning restore EF1002
        }
        return rows;
    }
}
