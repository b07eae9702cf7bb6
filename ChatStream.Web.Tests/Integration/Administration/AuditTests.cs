using System.Net;
using System.Text.Json;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Privacy;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Administration;

/// <summary>Who did what, and when; never what was written.</summary>
internal sealed class AuditTests(DatabaseKind kind) : HeaderSignInTest(kind)
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["SignIn:Admins:0"] = "root";
        setup.Settings["Audit:Addresses"] = "false";
        setup.Settings["Audit:KeepFor"] = "30.00:00:00";
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
    }

    [Test]
    public async Task Exports_and_deletions_are_noted_with_their_ids_and_without_texts()
    {
        var name = NewName("ada");
        using var user = Person(name);
        using var admin = Person("root");
        var id = (await user.AskAsync("A title that nobody else may read")).GetProperty("conversationId").GetString();
        foreach (var format in new[] { "md", "json" })
            (await user.Http.GetAsync(new Uri($"/conversations/{id}/export?format={format}", UriKind.Relative), Token)).Dispose();
        using var head = await user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/conversations/{id}/export"), Token);
        (await user.Http.DeleteAsync(new Uri($"/conversations/{id}", UriKind.Relative), Token)).Dispose();
        using var gone = await user.Http.DeleteAsync(new Uri($"/conversations/{id}", UriKind.Relative), Token);

        var (_, log) = await admin.JsonAsync(Get("/admin/audit"));
        var page = await (await admin.Http.SendAsync(Get("/admin/audit", "text/html"), Token)).Content.ReadAsStringAsync(Token);

        Assert.That(gone.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(
            log.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("user").GetString() == name)
                .Select(entry => (entry.GetProperty("action").GetString(), entry.GetProperty("subject").GetString(),
                    entry.TryGetProperty("address", out _))),
            Is.EqualTo(new[]
            {
                ("conversation_deleted", id, false), ("conversation_exported", id, false), ("conversation_exported", id, false),
            }));
        Assert.That(page, Does.Contain("Deleted a conversation").And.Contain(name).And.Not.Contain("nobody else"));
        Assert.That(log.GetRawText(), Does.Not.Contain("nobody else"));
    }

    [Test]
    public async Task What_is_counted_of_a_user_who_erases_everything_names_nobody()
    {
        var audit = App.Services.GetRequiredService<AuditLog>();
        var caller = new Caller(Owner.User("x", NewName("ada")), "10.0.0.1") { Name = NewName("ada") };
        for (var i = 0; i < 1_003; i++)
            await audit.NoteAsync(caller, AuditAction.ConversationShared);
        // As another instance does it: it has no count.
        await App.Services.GetRequiredService<IOwnData>().EraseAsync(caller.Owner);
        await audit.NoteLeftOutAsync();

        await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default);
        var noted = await db.Set<AuditEvent>().SingleAsync(entry => entry.Subject == "3 conversation_shared", Token);
        Assert.That((noted.OwnerId, noted.Name, noted.Address), Is.EqualTo((Owner.Erased.Id, "erased", (string?)null)));
    }

    [Test]
    public async Task Folders_prompts_and_summaries_that_are_deleted_are_noted()
    {
        var name = NewName("ada");
        using var user = Person(name);
        using var admin = Person("root");
        var answer = await user.AskAsync("One");
        var conversation = answer.GetProperty("conversationId").GetString();
        var message = answer.GetProperty("messageId").GetString();
        var summary = $"/conversations/{conversation}/summaries/{message}";
        var folder = await MadeAsync(HttpMethod.Post, "/folders", """{"name":"Ships"}""");
        var (one, two) = (await PromptAsync("One"), await PromptAsync("Two"));
        await MadeAsync(HttpMethod.Put, summary, """{"text":"What nobody may read"}""");

        string[] paths = [$"/folders/{folder}", $"/prompts/{one}", summary];
        foreach (var path in paths.SelectMany(path => new[] { path, path })) // the second finds nothing, and is not noted
            (await user.Http.DeleteAsync(new Uri(path, UriKind.Relative), Token)).Dispose();
        foreach (var id in new[] { two, two })
        {
            using var form = new FormUrlEncodedContent([new("what", "delete"), new("id", id)]);
            (await user.Http.PostAsync("/settings/prompts", form, Token)).Dispose();
        }

        var (_, log) = await admin.JsonAsync(Get("/admin/audit"));
        Assert.That(
            log.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("user").GetString() == name)
                .Select(entry => $"{entry.GetProperty("action").GetString()} {entry.GetProperty("subject").GetString()}"),
            Is.EqualTo(new[]
            {
                $"prompt_deleted {two}", $"summary_deleted {message}", $"prompt_deleted {one}", $"folder_deleted {folder}",
            }));
        Assert.That(log.GetRawText(), Does.Not.Contain("nobody may read"));

        Task<string?> PromptAsync(string title) =>
            MadeAsync(HttpMethod.Post, "/prompts", $$"""{"title":"{{title}}","text":"What nobody may read"}""");

        async Task<string?> MadeAsync(HttpMethod method, string path, string json)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
            var (_, made) = await user.JsonAsync(request);
            return made.TryGetProperty("id", out var id) ? id.GetString() : null;
        }
    }

    [Test]
    public async Task What_users_do_with_all_their_data_is_noted_and_an_erasure_takes_the_name_out_of_it()
    {
        var name = NewName("ada");
        using var user = Person(name);
        using var admin = Person("root");
        var one = (await user.AskAsync("One")).GetProperty("conversationId").GetString();
        var two = (await user.AskAsync("Two")).GetProperty("conversationId").GetString();
        Assert.That((await admin.JsonAsync(Get("/admin"))).Body.GetProperty("users").GetRawText(), Does.Contain(name));

        using var ids = new StringContent(
            JsonSerializer.Serialize(new { ids = new[] { one, "AAAAAAAAAAAAAAAA", two } }), System.Text.Encoding.UTF8,
            "application/json");
        (await user.Http.PostAsync("/conversations/delete", ids, Token)).Dispose();
        (await user.Http.GetAsync(new Uri("/account/export", UriKind.Relative), Token)).Dispose();
        (await user.Http.DeleteAsync(new Uri("/account", UriKind.Relative), Token)).Dispose();

        var (_, log) = await admin.JsonAsync(Get("/admin/audit"));
        Assert.That(
            log.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("user").GetString() == "erased"
                // Those are of another test.
                && entry.GetProperty("action").GetString() is not ("entries_left_out" or "conversation_shared"))
                .Select(entry => entry.GetProperty("action").GetString()
                    + (entry.TryGetProperty("subject", out var subject) ? $" {subject}" : "")),
            Is.EqualTo(new[]
            {
                "account_erased", "account_exported", $"conversation_deleted {two}", $"conversation_deleted {one}",
            }));
        Assert.That(log.GetRawText(), Does.Not.Contain(name));
        Assert.That((await admin.JsonAsync(Get("/admin"))).Body.GetProperty("users").GetRawText(), Does.Not.Contain(name));
    }

    [Test]
    public async Task It_is_read_in_pages_and_what_is_too_old_goes()
    {
        var audit = App.Services.GetRequiredService<AuditLog>();
        var caller = new Caller(Owner.User("x", NewName("ada")), "10.0.0.1") { Name = NewName("carol") };
        for (var i = 0; i < 101; i++)
            await audit.NoteAsync(caller, AuditAction.SignedIn);
        using var admin = Person("root");

        var (_, first) = await admin.JsonAsync(Get("/admin/audit"));
        var (_, second) = await admin.JsonAsync(Get($"/admin/audit?before={first.GetProperty("next").GetInt64()}"));
        Assert.That(Names(first), Has.Exactly(100).EqualTo(caller.Name));
        Assert.That(Names(second), Has.Exactly(1).EqualTo(caller.Name));

        _time.Advance(TimeSpan.FromDays(29));
        await audit.RemoveOldAsync(Token);
        Assert.That(Names((await admin.JsonAsync(Get("/admin/audit"))).Body), Has.Exactly(100).EqualTo(caller.Name));
        _time.Advance(TimeSpan.FromDays(2));
        // The clock starts the app's own removal too. One that loses a slice to the other ends early.
        while (Names((await admin.JsonAsync(Get("/admin/audit"))).Body).Contains(caller.Name))
            await audit.RemoveOldAsync(Token);
    }

    [Test]
    public async Task A_user_cannot_fill_it_and_the_first_of_each_action_is_in_it()
    {
        var audit = App.Services.GetRequiredService<AuditLog>();
        var (user, other) = (NewCaller(), NewCaller());
        for (var i = 0; i < 1_100; i++)
            await audit.NoteAsync(user, AuditAction.ConversationExported, "AAAAAAAAAAAAAAAA");
        await audit.NoteAsync(user, AuditAction.AccountErased);
        await audit.NoteAsync(other, AuditAction.ConversationExported, "AAAAAAAAAAAAAAAA");
        for (var i = 0; i < 5; i++)
            await audit.NoteAsync(user, AuditAction.AccountErasedByAdmin, "someone");

        Assert.That(await CountAsync(user, AuditAction.ConversationExported), Is.EqualTo(1_000));
        Assert.That(await CountAsync(user, AuditAction.AccountErased), Is.EqualTo(1));
        Assert.That(await CountAsync(user, AuditAction.AccountErasedByAdmin), Is.EqualTo(5), "of administrators all");
        Assert.That(await CountAsync(other, AuditAction.ConversationExported), Is.EqualTo(1));
        await audit.NoteLeftOutAsync();
        using var admin = Person("root");
        var (_, log) = await admin.JsonAsync(Get("/admin/audit"));
        Assert.That(
            log.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("user").GetString() == user.Name
                && entry.GetProperty("action").GetString() == "entries_left_out")
                .Select(entry => entry.GetProperty("subject").GetString()),
            Is.EqualTo(new[] { "100 conversation_exported" }), "1,100 were done, and 1,000 noted");
        await audit.NoteLeftOutAsync();
        Assert.That(await CountAsync(user, AuditAction.EntriesLeftOut), Is.EqualTo(1), "each is counted once");

        static Caller NewCaller()
        {
            var name = NewName("ada");
            return new Caller(Owner.User("x", name), "10.0.0.1") { Name = name };
        }

        async Task<long> CountAsync(Caller caller, AuditAction action)
        {
            await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default);
            return await db.Set<AuditEvent>().LongCountAsync(
                entry => entry.OwnerId == caller.Owner.Id && entry.Action == $"{action}", Token);
        }
    }

    [Test]
    public async Task What_a_newer_version_has_noted_is_passed_over()
    {
        var audit = App.Services.GetRequiredService<AuditLog>();
        var (known, newer) = (NewName("ada"), NewName("newer"));
        await audit.NoteAsync(new Caller(Owner.User("x", known), "10.0.0.1") { Name = known }, AuditAction.SignedIn);
        await audit.NoteAsync(new Caller(Owner.User("x", newer), "10.0.0.1") { Name = newer }, AuditAction.SignedIn);
        await App.Services.GetRequiredService<IChatDatabase>().WriteAsync(default, db => db
            .Command("""UPDATE "AuditEvents" SET "Action" = 'NotKnownHere' WHERE "Name" = @name""").With("@name", newer)
            .ExecuteNonQueryAsync());
        using var admin = Person("root");

        Assert.That(Names((await admin.JsonAsync(Get("/admin/audit"))).Body), Has.Member(known).And.No.Member(newer));
    }

    [TestCase("x")]
    [TestCase("-1")]
    [TestCase("99999999999999999999")]
    public async Task A_page_that_cannot_be_is_refused(string before)
    {
        using var admin = Person("root");
        var (response, _) = await admin.JsonAsync(Get($"/admin/audit?before={before}"));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
    }

    private static IEnumerable<string?> Names(JsonElement page) =>
        page.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("user").GetString());
}
