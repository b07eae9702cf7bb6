using System.IO.Compression;
using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Administration;

/// <summary>What administrators see and do, and nobody else.</summary>
internal sealed class AdminTests(DatabaseKind kind) : HeaderSignInTest(kind)
{
    private const string Private = "words that only their user may read";

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["SignIn:Admins:0"] = "root";
        setup.Settings["SignIn:AdminClaim"] = "groups";
        setup.Settings["SignIn:AdminValues:0"] = "operators";
        setup.Settings["Api:Keys:0:Name"] = "watch";
        setup.Settings["Api:Keys:0:Key"] = "a-key-of-the-watch";
        setup.Settings["Api:Keys:0:Role"] = "Admin";
        setup.Settings["Api:Keys:1:Name"] = "job";
        setup.Settings["Api:Keys:1:Key"] = "a-key-of-the-tests";
        setup.Settings["Failover:LongestCoolDown"] = "00:01:00";
        setup.Settings["Models:0:Name"] = "busy";
        setup.Settings["Models:0:Deployments:0:Name"] = "sweden";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "busy";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    private static readonly string[] Routes =
    [
        "GET /admin", "HEAD /admin", "GET /admin/instance", "GET /admin/audit", "POST /admin/stop", "GET /usage?of=all",
        "GET /admin/feedback", "GET /admin/feedback?format=csv",
        "GET /admin/users/AAAAAAAA", "GET /admin/users/AAAAAAAA/export", "POST /admin/users/AAAAAAAA/erase",
    ];

    [Test]
    public async Task Others_are_let_in_nowhere()
    {
        Answers("Wait", Script.Start().Text(Private).Stall());
        using var user = Person(NewName("ada"), "staff");
        using var program = App.NewUser();
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", "a-key-of-the-tests");
        await using var stream = await user.StartAsync("Wait", Token);
        await stream.UntilTextAsync(Private);

        foreach (var sender in new[] { user, program })
        {
            foreach (var route in Routes)
            {
                using var request = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), route.Split(' ')[1]);
                if (request.Method == HttpMethod.Post)
                    request.Content = new FormUrlEncodedContent([new("generationId", stream.GenerationId)]);
                using var response = await sender.Http.SendAsync(request, Token);
                var body = await response.Content.ReadAsStringAsync(Token);

                Assert.That((int)response.StatusCode, Is.EqualTo(403), route);
                if (request.Method != HttpMethod.Head)
                    Assert.That(body, Does.Contain("\"code\":\"not_admin\""), route);
            }
        }
        Assert.That((await user.FindAsync(stream.GenerationId)).GetProperty("state").GetString(), Is.EqualTo("running"));
        await user.StopAsync(stream.GenerationId);
    }

    [TestCase("root", "")]
    [TestCase("somebody", "operators")]
    public async Task An_administrator_sees_the_page_and_the_link_to_it(string name, string group)
    {
        using var admin = Person(name, group);
        using var user = Person(NewName("ada"), "staff");

        using var page = await admin.Http.SendAsync(Get("/admin", "text/html"), Token);
        var html = await page.Content.ReadAsStringAsync(Token);
        var chat = await (await admin.Http.SendAsync(Get("/", "text/html"), Token)).Content.ReadAsStringAsync(Token);
        var others = await (await user.Http.SendAsync(Get("/", "text/html"), Token)).Content.ReadAsStringAsync(Token);
        using var refused = await user.Http.SendAsync(Get("/admin", "text/html"), Token);

        Assert.That((int)page.StatusCode, Is.EqualTo(200));
        Assert.That(page.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(html, Does.Contain("<h1>Administration</h1>").And.Contain("Limits:<wbr>Running"));
        Assert.That(html, Does.Not.Contain(" style=").And.Not.Contain("<style").And.Not.Contain("<script"));
        Assert.That(chat, Does.Contain("href=\"/admin\""));
        Assert.That(others, Does.Not.Contain("href=\"/admin\""));
        Assert.That(await refused.Content.ReadAsStringAsync(Token), Does.Contain("This page is for administrators"));
    }

    [Test]
    public async Task The_report_has_what_runs_and_what_was_used_and_no_text_and_no_secret()
    {
        var name = NewName("ada");
        Answers("Wait", Script.Start().Text(Private).Stall());
        Answers("Hi", Script.Start().Text(Private).Finish("stop").Usage(1000, 200).Done());
        using var user = Person(name);
        await user.AskAsync("Hi");
        await using var stream = await user.StartAsync("Wait", Token);
        await stream.UntilTextAsync(Private);

        using var admin = Person("root");
        var (response, report) = await admin.JsonAsync(Get("/admin"));
        var page = await (await admin.Http.SendAsync(Get("/admin", "text/html"), Token)).Content.ReadAsStringAsync(Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        var running = report.GetProperty("running").EnumerateArray().Single(answer => Text(answer, "user") == name);
        Assert.That(Text(running, "generationId"), Is.EqualTo(stream.GenerationId));
        Assert.That(Text(running, "model"), Is.EqualTo("gpt-4o"));
        Assert.That(running.GetProperty("bytes").GetInt32(), Is.EqualTo(Private.Length));
        var own = report.GetProperty("instances").EnumerateArray().Single(instance => instance.TryGetProperty("own", out _));
        Assert.That(Text(running, "instanceId"), Is.EqualTo(Text(own, "id")));
        Assert.That(own.GetProperty("running").GetInt32(), Is.GreaterThanOrEqualTo(1));
        Assert.That(
            report.GetProperty("users").EnumerateArray().Single(used => Text(used, "user") == name).GetRawText(),
            Does.Match($"^{{\"user\":\"{name}\",\"answers\":1,\"inputTokens\":1000,\"outputTokens\":200,\"costs\":\\[\\],"
                + "\"id\":\"[\\w-]{8}\"}$"));
        var settings = report.GetProperty("settings").EnumerateArray()
            .ToDictionary(setting => Text(setting, "key"), setting => Text(setting, "value"));
        Assert.That(settings["SignIn:Admins:0"], Is.EqualTo("root"));
        Assert.That((settings["AzureOpenAI:ApiKey"], settings["Api:Keys:0:Key"]), Is.EqualTo(("•••", "•••")));
        Assert.That(settings["Models:0:Deployments:0:Endpoint"], Is.EqualTo(Emulator.Endpoint.ToString()));
        foreach (var shown in new[] { report.GetRawText(), page })
        {
            Assert.That(shown, Does.Contain(name));
            Assert.That(shown, Does.Not.Contain(Private).And.Not.Contain("emulator-key").And.Not.Contain("a-key-of")
               .And.Not.Contain("Password=").And.Not.Contain("user:"));
        }
        await user.StopAsync(stream.GenerationId);
    }

    [Test]
    public async Task What_is_stored_of_a_user_can_be_given_out_and_erased_and_that_is_noted()
    {
        Answers("Hi", Script.Start().Text(Private).Finish("stop").Usage(1000, 200).Done());
        var name = NewName("ada");
        using var user = Person(name);
        using var other = Person(NewName("bob"));
        using var admin = Person("root");
        await user.AskAsync("Hi");
        await other.AskAsync("Hi");
        var (_, report) = await admin.JsonAsync(Get("/admin"));
        var id = Text(report.GetProperty("users").EnumerateArray().Single(used => Text(used, "user") == name), "id");

        using var page = await admin.Http.SendAsync(Get($"/admin/users/{id}", "text/html"), Token);
        var html = await page.Content.ReadAsStringAsync(Token);
        using var archive = await admin.Http.SendAsync(Get($"/admin/users/{id}/export", "application/zip"), Token);
        using var zip = new ZipArchive(await archive.Content.ReadAsStreamAsync(Token));
        using var refused = await EraseAsync(admin, id, "");
        var before = await ConversationsAsync(user);
        using var erased = await EraseAsync(admin, id, "all");
        using var again = await EraseAsync(admin, id, "all");

        Assert.That(html, Does.Contain($"<h1>Data of {id}</h1>").And.Contain("Conversations that are stored: 1.")
            .And.Contain($"\"/admin/users/{id}/export\"").And.Not.Contain(Private));
        using var text = new StreamReader(await zip.Entries[0].OpenAsync(Token));
        Assert.That(await text.ReadToEndAsync(Token), Does.Contain(Private));
        Assert.That(((int)refused.StatusCode, before), Is.EqualTo((400, 1)), "not confirmed");
        Assert.That((erased.StatusCode, erased.Headers.Location!.ToString()), Is.EqualTo((HttpStatusCode.SeeOther, "/admin")));
        Assert.That((int)again.StatusCode, Is.EqualTo(404), "nothing is left");
        Assert.That((await ConversationsAsync(user), await ConversationsAsync(other)), Is.EqualTo((0, 1)));
        var (_, log) = await admin.JsonAsync(Get("/admin/audit"));
        Assert.That(
            log.GetProperty("entries").EnumerateArray().Where(entry => entry.TryGetProperty("subject", out var subject)
                && subject.GetString() == id).Select(entry => (Text(entry, "user"), Text(entry, "action"))),
            Is.EqualTo(new[] { ("root", "account_erased_by_admin"), ("root", "account_exported_by_admin") }));
    }

    [Test]
    public async Task An_administrator_cannot_erase_their_own_traces()
    {
        var audit = App.Services.GetRequiredService<IAuditLog>();
        var actions = Enum.GetValues<AuditAction>()
            .Where(action => action == AuditAction.FeedbackExported || $"{action}".EndsWith("ByAdmin", StringComparison.Ordinal))
            .ToList();
        foreach (var action in actions)
            await audit.NoteAsync(new Caller(Owner.Program("watch"), "10.0.0.7"), action, "someone");
        using var program = App.NewUser();
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", "a-key-of-the-watch");

        using var erased = await program.Http.DeleteAsync(new Uri("/account", UriKind.Relative), Token);

        Assert.That((int)erased.StatusCode, Is.EqualTo(204));
        var (_, log) = await program.JsonAsync(Get("/admin/audit"));
        Assert.That(
            log.GetProperty("entries").EnumerateArray().Where(entry => Text(entry, "address") == "10.0.0.7")
                .Select(entry => (Text(entry, "user"), Text(entry, "action"))),
            Is.EquivalentTo(actions.Select(action => ("watch", JsonNamingPolicy.SnakeCaseLower.ConvertName($"{action}")))));
    }

    [Test]
    public async Task Whoever_the_audit_log_names_can_be_erased()
    {
        var caller = new Caller(Owner.User("x", NewName("eve")), "10.0.0.8") { Name = NewName("eve") };
        await App.Services.GetRequiredService<IAuditLog>().NoteAsync(caller, AuditAction.SignInRefused);
        using var admin = Person("root");
        var entry = (await EntriesAsync()).Single(entry => Text(entry, "user") == caller.Name);
        var page = await (await admin.Http.SendAsync(Get("/admin/audit", "text/html"), Token)).Content.ReadAsStringAsync(Token);

        using var erased = await EraseAsync(admin, Text(entry, "id"), "all");
        using var again = await EraseAsync(admin, Text(entry, "id"), "all");
        using var nobody = await EraseAsync(admin, Owner.Erased.Pseudonym, "all");

        Assert.That(page, Does.Contain($"<a href=\"/admin/users/{caller.Owner.Pseudonym}\"><bdi>{caller.Name}</bdi></a>"));
        Assert.That(
            new[] { erased, again, nobody }.Select(response => (int)response.StatusCode), Is.EqualTo(new[] { 303, 404, 404 }));
        var log = await EntriesAsync();
        Assert.That(log.Where(each => Text(each, "user") == caller.Name || Text(each, "address") == "10.0.0.8"), Is.Empty);
        Assert.That(log.Where(each => Text(each, "user") == "erased").Select(each => Text(each, "id")), Is.All.Empty);

        async Task<List<JsonElement>> EntriesAsync() =>
            [.. (await admin.JsonAsync(Get("/admin/audit"))).Body.GetProperty("entries").EnumerateArray()];
    }

    [TestCase("AAAAAAAA")]
    [TestCase("x")]
    public async Task A_user_of_whom_nothing_is_stored_is_not_found(string id)
    {
        using var admin = Person("root");
        foreach (var path in new[] { $"/admin/users/{id}", $"/admin/users/{id}/export" })
        {
            using var response = await admin.Http.SendAsync(Get(path), Token);
            Assert.That((int)response.StatusCode, Is.EqualTo(404), path);
        }
    }

    [Test]
    public async Task A_stop_ends_the_answer_keeps_its_text_and_is_noted()
    {
        Answers("Wait", Script.Start().Text(Private).Stall());
        using var user = Person(NewName("ada"));
        using var admin = Person("root");
        await using var stream = await user.StartAsync("Wait", Token);
        await stream.UntilTextAsync(Private);

        using var stopped = await StopAsync(admin, stream.GenerationId);
        using var again = await StopAsync(admin, stream.GenerationId);
        await stream.ToEndAsync();

        Assert.That((stopped.StatusCode, stopped.Headers.Location!.ToString()), Is.EqualTo((HttpStatusCode.SeeOther, "/admin")));
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther), "it has ended");
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        Assert.That((await user.FindAsync(stream.GenerationId)).GetProperty("text").GetString(), Is.EqualTo(Private));
        var (_, log) = await admin.JsonAsync(Get("/admin/audit"));
        var entry = log.GetProperty("entries").EnumerateArray().First(entry => Text(entry, "subject") == stream.GenerationId);
        Assert.That(
            (Text(entry, "user"), Text(entry, "action"), Text(entry, "address")),
            Is.EqualTo(("root", "answer_stopped_by_admin", "127.0.0.1")));
    }

    [TestCase("AAAAAAAAAAAAAAAA", 404)]
    [TestCase("", 404)]
    [TestCase("no id of any kind", 404)]
    public async Task What_does_not_run_is_not_stopped(string id, int status)
    {
        using var admin = Person("root");
        using var response = await StopAsync(admin, id);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task Another_site_cannot_stop_anything()
    {
        Answers("Wait", Script.Start().Text(Private).Stall());
        using var user = Person(NewName("ada"));
        using var admin = Person("root");
        await using var stream = await user.StartAsync("Wait", Token);
        await stream.UntilTextAsync(Private);

        using var request = Stop(stream.GenerationId);
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var response = await admin.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(403));
        Assert.That((await user.FindAsync(stream.GenerationId)).GetProperty("state").GetString(), Is.EqualTo("running"));
        await user.StopAsync(stream.GenerationId);
    }

    [Test]
    public async Task A_deployment_that_cools_says_why_and_how_long()
    {
        Answers("Busy", AzureErrors.RateLimited(TimeSpan.FromSeconds(40)));
        using var user = Person(NewName("ada"));
        using var admin = Person("root");
        await user.JsonAsync(ChatClient.Post(new { message = "Busy", model = "busy" }, "application/json"));

        var (_, report) = await admin.JsonAsync(Get("/admin"));
        var page = await (await admin.Http.SendAsync(Get("/admin", "text/html"), Token)).Content.ReadAsStringAsync(Token);

        var sweden = report.GetProperty("deployments").EnumerateArray().Single(known => Text(known, "deployment") == "sweden");
        var cooling = sweden.GetProperty("cooling").EnumerateArray().Single();
        Assert.That(Text(cooling, "code"), Is.EqualTo("rate_limited"));
        Assert.That(cooling.GetProperty("seconds").GetInt32(), Is.InRange(20, 40));
        Assert.That(page, Does.Contain("leaves it out for"));
    }

    [Test]
    public async Task A_key_may_be_an_administrators()
    {
        using var program = App.NewUser();
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", "a-key-of-the-watch");

        var (report, _) = await program.JsonAsync(Get("/admin"));
        var (all, _) = await program.JsonAsync(Get("/usage?of=all"));

        Assert.That((report.StatusCode, all.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
    }

    [Test]
    public async Task The_usage_of_all_is_the_sum_of_all_users()
    {
        Answers("Hi", Script.Start().Text("Hello").Finish("stop").Usage(1000, 200).Done());
        using var admin = Person("root");
        var before = await AnswersOfAllAsync(admin);
        using var ada = Person(NewName("ada"));
        using var bob = Person(NewName("bob"));
        await ada.AskAsync("Hi");
        await bob.AskAsync("Hi");

        Assert.That(await AnswersOfAllAsync(admin), Is.EqualTo(before + 2));
        var page = await (await admin.Http.SendAsync(Get("/usage?of=all&days=7", "text/html"), Token))
            .Content.ReadAsStringAsync(Token);
        Assert.That(page, Does.Contain("The answers of all users").And.Contain("href=\"/usage?days=90&amp;of=all\""));
    }

    private static async Task<int> AnswersOfAllAsync(ChatClient admin)
    {
        var (_, report) = await admin.JsonAsync(Get("/usage?of=all"));
        return report.GetProperty("total").GetProperty("answers").GetInt32();
    }

    private static Task<HttpResponseMessage> StopAsync(ChatClient admin, string id) => admin.Http.SendAsync(Stop(id), Token);

    private static HttpRequestMessage Stop(string id) =>
        new(HttpMethod.Post, "/admin/stop") { Content = new FormUrlEncodedContent([new("generationId", id)]) };

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static Task<HttpResponseMessage> EraseAsync(ChatClient admin, string id, string confirm) => admin.Http.PostAsync(
        $"/admin/users/{id}/erase", new FormUrlEncodedContent([new("confirm", confirm)]), Token);

    private static async Task<int> ConversationsAsync(ChatClient user) =>
        (await user.JsonAsync(Get("/conversations"))).Body.GetProperty("conversations").GetArrayLength();
}
