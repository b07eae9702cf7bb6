using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Sharing;

/// <summary>A shared conversation, as its readers get it over HTTP.</summary>
internal sealed class ShareTests : AppTest
{
    [Test]
    public async Task A_reader_without_a_cookie_reads_a_copy_that_nobody_stores_or_finds()
    {
        Answers("Hello", Script.Start().Reasoning("A secret thought.").Text("**Bold** <script>alert(1)</script>").Finish("stop")
            .Done());
        var conversation = await TalkAsync("Hello");
        var path = await ShareAsync(conversation, new { });
        using var visitor = Visitor.From(App.Address);

        using var response = await visitor.GetAsync(path, Token);
        var html = await response.Content.ReadAsStringAsync(Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(html, Does.Contain("**Bold** &lt;script&gt;").And.Contain("name=\"robots\" content=\"noindex"));
        Assert.That(html, Does.Not.Contain("A secret thought.").And.Not.Contain("<form").And.Not.Contain(conversation));
        Assert.That(Header(response, "Cache-Control"), Is.EqualTo("no-store"));
        Assert.That(Header(response, "Referrer-Policy"), Is.EqualTo("no-referrer"));
        Assert.That(Header(response, "X-Robots-Tag"), Does.StartWith("noindex"));
        Assert.That(Header(response, "Content-Security-Policy"), Does.Contain("default-src 'none'"));
        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);

        var open = await ShareAsync(conversation, new { reasoning = true });
        Assert.That(await visitor.GetStringAsync(open, Token), Does.Contain("A secret thought."));
        using var replaced = await visitor.GetAsync(path, Token);
        Assert.That((int)replaced.StatusCode, Is.EqualTo(404));
    }

    [Test]
    public async Task What_is_gone_never_was_or_is_no_token_looks_the_same()
    {
        var conversation = await TalkAsync("Hello");
        var path = await ShareAsync(conversation, new { });
        using var visitor = Visitor.From(App.Address);
        using var revoked = await User.Http.DeleteAsync($"/conversations/{conversation}/share", Token);
        using var again = await User.Http.DeleteAsync($"/conversations/{conversation}/share", Token);
        Assert.That(((int)revoked.StatusCode, (int)again.StatusCode), Is.EqualTo((204, 404)));

        var pages = new HashSet<string>();
        string[] gone =
        [
            path, $"/s/{new string('A', 43)}", "/s/x", $"{path}/files/AAAAAAAAAAAAAAAA",
            $"/s/{string.Concat(Enumerable.Repeat("%C3%A4", 43))}",
        ];
        foreach (var address in gone)
        {
            using var response = await visitor.GetAsync(address, Token);
            pages.Add($"{(int)response.StatusCode} {string.Join(' ', response.Headers.Where(h => h.Key != "Date").Select(
                header => $"{header.Key}={string.Join(',', header.Value)}"))} {await response.Content.ReadAsStringAsync(Token)}");
        }

        Assert.That(pages, Has.Count.EqualTo(1));
        Assert.That(pages.Single(), Does.StartWith("404").And.Contain("no-referrer").And.Contain("noindex"));
    }

    [Test]
    public async Task Files_are_shown_only_where_that_was_chosen()
    {
        var fileId = await User.UploadedAsync(Pictures.Png(3, 2), "secret.png");
        var start = ChatClient.Post(new { message = "Look", files = new[] { fileId } }, accept: "application/json");
        var conversation = (await User.JsonAsync(start)).Body.GetProperty("conversationId").GetString()!;
        using var visitor = Visitor.From(App.Address);

        var without = await ShareAsync(conversation, new { });
        Assert.That(await visitor.GetStringAsync(without, Token), Does.Not.Contain("secret.png"));
        using var hidden = await visitor.GetAsync($"{without}/files/{fileId}", Token);
        Assert.That((int)hidden.StatusCode, Is.EqualTo(404));

        var with = await ShareAsync(conversation, new { files = true });
        Assert.That(await visitor.GetStringAsync(with, Token), Does.Contain("secret.png").And.Contain($"{with}/files/{fileId}"));
        using var shown = await visitor.GetAsync($"{with}/files/{fileId}", Token);
        Assert.That((int)shown.StatusCode, Is.EqualTo(200));
        Assert.That(shown.Content.Headers.ContentType!.MediaType, Is.EqualTo("image/png"));
        Assert.That(Header(shown, "Cache-Control"), Is.EqualTo("no-store"));
        Assert.That(Header(shown, "Content-Security-Policy"), Does.Contain("sandbox"));
    }

    [Test]
    public async Task The_list_has_what_is_shared_and_its_form_ends_a_share()
    {
        var conversation = await TalkAsync("<b>Title</b>");
        var path = await ShareAsync(conversation, new { });
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/shares") { Headers = { { "Accept", "text/html" } } };
        var html = await (await User.Http.SendAsync(asked, Token)).Content.ReadAsStringAsync(Token);
        var (_, list) = await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/shares"));

        Assert.That(html, Does.Contain("&lt;b&gt;Title&lt;/b&gt;").And.Contain(conversation).And.Not.Contain(path));
        Assert.That(list.GetProperty("readers").GetString(), Is.EqualTo("signed-in"));
        Assert.That(list.GetProperty("shares")[0].GetProperty("conversationId").GetString(), Is.EqualTo(conversation));
        using var form = new FormUrlEncodedContent([new("conversationId", conversation)]);
        using var ended = await User.Http.PostAsync("/shares/revoke", form, Token);
        Assert.That((int)ended.StatusCode, Is.EqualTo(303));
        Assert.That((await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/shares"))).Body.GetProperty("shares")
            .GetArrayLength(), Is.Zero);
        using var visitor = Visitor.From(App.Address);
        Assert.That((await visitor.GetAsync(path, Token)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task The_form_of_the_page_shares_without_a_script()
    {
        var conversation = await TalkAsync("Hello");
        var page = await PageAsync($"/chat/{conversation}");
        var offer = await PageAsync($"/shares?conversation={conversation}");
        Assert.That(page, Does.Match($"<noscript><a [^>]*href=\"/shares\\?conversation={conversation}\""));
        Assert.That(offer, Does.Contain($"value=\"{conversation}\""));
        Assert.That(offer, Does.Match("<option value=\"30\" selected=\"selected\">\\s*30 days"));
        Assert.That(await PageAsync("/shares?conversation=x"), Does.Not.Contain("/shares/make"));

        var (status, made) = await MakeAsync(new() { ["conversationId"] = conversation, ["days"] = "7", ["reasoning"] = "true" });
        var path = Regex.Match(made, "value=\"http://[^/\"]+(/s/[^\"]+)\"").Groups[1].Value;
        var list = (await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/shares"))).Body.GetProperty("shares")[0];
        Assert.That(status, Is.EqualTo(200));
        Assert.That(list.GetProperty("reasoning").GetBoolean(), Is.True);
        Assert.That(list.GetProperty("files").GetBoolean(), Is.False);
        Assert.That(
            list.GetProperty("expiresAt").GetDateTimeOffset() - list.GetProperty("createdAt").GetDateTimeOffset(),
            Is.EqualTo(TimeSpan.FromDays(7)).Within(TimeSpan.FromSeconds(1)));
        using var visitor = Visitor.From(App.Address);
        using var shown = await visitor.GetAsync(path, Token);
        Assert.That(shown.StatusCode, Is.EqualTo(HttpStatusCode.OK));

        Assert.That((await MakeAsync(new() { ["conversationId"] = "AAAAAAAAAAAAAAAA" })).Status, Is.EqualTo(404));
        var (tooLong, why) = await MakeAsync(new() { ["conversationId"] = conversation, ["days"] = "9999" });
        Assert.That(tooLong, Is.EqualTo(400));
        Assert.That(why, Does.Contain("role=\"alert\">A share ends after at most 365 days."));

        async Task<string> PageAsync(string path)
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
            return await (await User.Http.SendAsync(asked, Token)).Content.ReadAsStringAsync(Token);
        }

        async Task<(int Status, string Body)> MakeAsync(Dictionary<string, string> fields)
        {
            using var form = new FormUrlEncodedContent(fields);
            using var sent = await User.Http.PostAsync("/shares/make", form, Token);
            return ((int)sent.StatusCode, await sent.Content.ReadAsStringAsync(Token));
        }
    }

    [Test]
    public async Task The_archive_of_the_account_names_what_is_shared_and_the_erasure_ends_it()
    {
        var conversation = await TalkAsync("Hello");
        var path = await ShareAsync(conversation, new { reasoning = true });
        using var archive = await User.Http.GetAsync("/account/export", Token);
        using var zip = new ZipArchive(await archive.Content.ReadAsStreamAsync(Token));
        using var text = new StreamReader(await zip.GetEntry("shares.json")!.OpenAsync(Token));
        Assert.That(await text.ReadToEndAsync(Token), Does.Contain(conversation).And.Contain("\"reasoning\":true")
            .And.Not.Contain(path.Split('/')[^1]));

        using var erased = await User.Http.DeleteAsync("/account", Token);
        using var visitor = Visitor.From(App.Address);
        using var gone = await visitor.GetAsync(path, Token);
        Assert.That(((int)erased.StatusCode, (int)gone.StatusCode), Is.EqualTo((204, 404)));
    }

    [TestCase("""{"expires":"soon"}""", 400, "expires")]
    [TestCase("""{"expires":"2020-01-01T00:00:00Z"}""", 400, "expires")]
    [TestCase("""{"expires":"2999-01-01T00:00:00Z"}""", 400, "expires")]
    [TestCase("""{"reasoning":"yes"}""", 400, "reasoning")]
    [TestCase("""{"all":true}""", 400, "all")]
    public async Task A_request_that_is_wrong_is_told_why(string body, int status, string field)
    {
        var conversation = await TalkAsync("Hello");
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var (response, problem) = await User.JsonAsync(
            new HttpRequestMessage(HttpMethod.Post, $"/conversations/{conversation}/share") { Content = content });

        Assert.That((int)response.StatusCode, Is.EqualTo(status), problem.ToString());
        Assert.That(problem.GetProperty("errors").EnumerateObject().Single().Name, Is.EqualTo(field));
    }

    private async Task<string> TalkAsync(string message) =>
        (await User.AskAsync(message)).GetProperty("conversationId").GetString()!;

    private async Task<string> ShareAsync(string conversation, object request)
    {
        var (response, body) = await User.JsonAsync(
            new HttpRequestMessage(HttpMethod.Post, $"/conversations/{conversation}/share")
            {
                Content = JsonContent.Create(request),
            });
        Assert.That((int)response.StatusCode, Is.EqualTo(201), body.ToString());
        return body.GetProperty("path").GetString()!;
    }

    private static string Header(HttpResponseMessage response, string name) =>
        string.Join(
            ", ", response.Headers.TryGetValues(name, out var values) ? values : response.Content.Headers.GetValues(name));
}
