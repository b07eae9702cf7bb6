using System.Text;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Prompts;

/// <summary>Prompts of users and of their team, by HTTP and by the forms of the page.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class PromptTests(DatabaseKind kind) : AppTest
{
    private const string Team =
        """{"title":"Review","text":"Review {{what}}."},"""
        + """{"title":"Say it","text":"Say it","model":"gpt-4o","preset":"precise"}""";

    private TestDatabase _place = null!;

    [OneTimeTearDown]
    public async Task DropAsync() => await _place.DisposeAsync();

    [Test]
    public async Task A_user_adds_changes_and_removes_prompts_that_no_one_else_has()
    {
        var added = await SendAsync("POST", "/prompts", """{"title":" Zoo ","text":"Name an animal."}""");
        var id = added.Json.GetProperty("id").GetString();
        await SendAsync("POST", "/prompts", """{"title":"Anne","text":"Write to {{name}}"}""");
        using var other = App.NewUser();
        await other.IdentifyAsync();

        Assert.That((added.Status, added.Location), Is.EqualTo((201, $"/prompts/{id}")));
        Assert.That(added.Json.GetProperty("title").GetString(), Is.EqualTo("Zoo"));
        Assert.That((await SendAsync("GET", $"/prompts/{id}")).Body, Is.EqualTo(added.Body));
        Assert.That(
            (await SendAsync("GET", "/prompts")).Json.GetProperty("prompts").EnumerateArray()
                .Select(prompt => prompt.GetProperty("title").GetString()),
            Is.EqualTo(new[] { "Anne", "Zoo", "Review", "Say it" }), "the team's are last");
        Assert.That((await SendAsync("GET", "/prompts", by: other)).Body, Is.EqualTo($$"""{"prompts":[{{Team}}]}"""));
        foreach (var (method, body) in new[] { ("GET", null), ("PATCH", """{"title":"Mine"}"""), ("DELETE", (string?)null) })
            Assert.That((await SendAsync(method, $"/prompts/{id}", body, by: other)).Status, Is.EqualTo(404), method);

        var changed = await SendAsync("PATCH", $"/prompts/{id}", """{"title":"Farm"}""");
        Assert.That(changed.Status, Is.EqualTo(200));
        Assert.That(changed.Json.GetProperty("text").GetString(), Is.EqualTo("Name an animal."));
        Assert.That((await SendAsync("DELETE", $"/prompts/{id}")).Status, Is.EqualTo(204));
        Assert.That((await SendAsync("DELETE", $"/prompts/{id}")).Status, Is.EqualTo(404));
    }

    [TestCase("""{"title":" ","text":"x"}""", "title", "prompt_title_not_valid")]
    [TestCase("""{"title":"a\nb","text":"x"}""", "title", "prompt_title_not_valid")]
    [TestCase("""{"title":"a","text":""}""", "text", "prompt_text_not_valid")]
    [TestCase("""{"title":"a","text":"x\u0000"}""", "text", "prompt_text_not_valid", TestName = "NUL is refused")]
    [TestCase("""{"title":"a"}""", "body", null)]
    [TestCase("""{"title":"a","text":"x","model":"gpt-4o"}""", "model", null)]
    public async Task What_is_not_valid_is_refused_by_its_name(string body, string field, string? code)
    {
        var refused = await SendAsync("POST", "/prompts", body);

        Assert.That(refused.Status, Is.EqualTo(400));
        Assert.That(refused.Json.GetProperty("errors").TryGetProperty(field, out _), Is.True, refused.Body);
        Assert.That(refused.Json.TryGetProperty("code", out var named) ? named.GetString() : null, Is.EqualTo(code));
    }

    [Test]
    public async Task Titles_and_texts_and_the_number_of_prompts_are_limited()
    {
        var longest = JsonSerializer.Serialize(new { title = new string('t', 100), text = new string('x', 8_000) });
        var tooLong = JsonSerializer.Serialize(new { title = "t", text = new string('x', 8_001) });
        Assert.That((await SendAsync("POST", "/prompts", tooLong)).Status, Is.EqualTo(400));
        for (var i = 0; i < 3; i++)
            Assert.That((await SendAsync("POST", "/prompts", longest)).Status, Is.EqualTo(201));

        var refused = await SendAsync("POST", "/prompts", longest);

        Assert.That(refused.Status, Is.EqualTo(409));
        Assert.That(refused.Body, Does.Contain("\"code\":\"too_many_prompts\"").And.Contain("\"numbers\":[3]"));
    }

    [Test]
    public async Task The_forms_of_the_settings_do_the_same_and_keep_what_is_not_valid()
    {
        var added = await FormAsync("what=save&id=&title=A&text=one%0D%0Atwo");
        var id = (await SendAsync("GET", "/prompts")).Json.GetProperty("prompts")[0].GetProperty("id").GetString();
        var refused = await FormAsync($"what=save&id={id}&title=&text=three");
        var changed = await FormAsync($"what=save&id={id}&title=B&text=three");
        var page = await SendAsync("GET", "/settings");
        var removed = await FormAsync($"what=delete&id={id}&title=&text=");

        Assert.That((added.Status, added.Location), Is.EqualTo((303, "/settings?saved=true")));
        Assert.That(refused.Status, Is.EqualTo(400));
        Assert.That(refused.Body, Does.Contain("A title must have 1 to 100 characters").And.Contain(">three</textarea>"));
        Assert.That(changed.Status, Is.EqualTo(303));
        Assert.That(page.Body, Does.Contain(">B</span>").And.Contain(">three</textarea>"));
        Assert.That(removed.Status, Is.EqualTo(303));
        Assert.That((await SendAsync("GET", "/prompts")).Body, Is.EqualTo($$"""{"prompts":[{{Team}}]}"""));
    }

    [Test]
    public async Task A_link_of_the_first_screen_puts_a_prompt_into_the_field_and_starts_nothing()
    {
        var page = await SendAsync("GET", "/");
        var begun = await SendAsync("GET", "/?prompt=2");

        Assert.That(page.Body, Does.Contain("href=\"/?prompt=1\"").And.Contain("<strong>All</strong> is &lt;logged&gt;")
            .And.Contain("href=\"https://example.org/\">rules</a>").And.Contain("[no](javascript:alert(1))"));
        Assert.That(begun.Body, Does.Contain(">Say it</textarea>")
            .And.Match("value=\"precise\" data-about=\"[^\"]*\"\\s+selected"));
        Assert.That((await SendAsync("GET", "/?prompt=9")).Body, Does.Contain("autofocus=\"autofocus\"></textarea>"));
        Assert.That((await SendAsync("GET", "/?prompt=0")).Status, Is.EqualTo(400));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task The_teams_prompts_and_words_are_in_the_readers_language()
    {
        var german = (await SendAsync("GET", "/", language: "de")).Body;
        var prompts = (await SendAsync("GET", "/prompts", language: "de")).Json.GetProperty("prompts");
        var chinese = (await SendAsync("GET", "/", language: "zh")).Body;

        Assert.That(german, Does.Contain("Alles wird gespeichert.").And.Contain("Am Freitag nicht erreichbar").And
            .Contain(">Prüfen</b>").And.Contain("data-prompt=\"Prüfe {{was}}.\"").And.Contain(">Say it</b>"));
        Assert.That(
            prompts.EnumerateArray().Select(prompt => prompt.GetProperty("title").GetString()),
            Is.EqualTo(new[] { "Prüfen", "Say it" }));
        Assert.That(chinese, Does.Contain("<strong>All</strong>").And.Contain(">请审阅</b>").And.Contain("Review {{what}}."),
            "what has no translation is as it was written");
        Assert.That((await SendAsync("GET", "/?prompt=1", language: "de")).Body, Does.Contain(">Prüfe {{was}}.</textarea>"));
    }

    [Test]
    public async Task A_new_chat_names_the_folders()
    {
        Assert.That(
            (await SendAsync("GET", "/")).Body,
            Does.Match("<div class=\"recent\" hidden=\"hidden\">\\s*<h2 id=\"recent-folders\""));
        foreach (var name in new[] { "One <b>", "Two" })
            await SendAsync("POST", "/folders", JsonSerializer.Serialize(new { name }));

        var page = (await SendAsync("GET", "/")).Body;

        Assert.That(page, Does.Match(
            "<ul class=\"recent-folders\"[^>]*>\\s*<li><a href=\"/\\?folder=[^\"]{16}\" dir=\"auto\">One &lt;b&gt;</a></li>"
            + "\\s*<li><a href=\"/\\?folder=[^\"]{16}\" dir=\"auto\">Two</a></li>\\s*</ul>"));
    }

    [Test]
    public async Task A_notice_that_was_closed_stays_closed()
    {
        var before = (await SendAsync("GET", "/")).Body;
        var name = before.Split("name=\"notice\" value=\"")[1].Split('"')[0];
        await FormAsync($"notice={name}", "/preferences");

        Assert.That(before, Does.Contain("Down on Friday"));
        Assert.That((await SendAsync("GET", "/")).Body, Does.Not.Contain("Down on Friday"));
        Assert.That((await SendAsync("GET", "/", language: "de")).Body, Does.Not.Contain("Am Freitag"), "in no language");
        await FormAsync("notice=another", "/preferences");
        Assert.That((await SendAsync("GET", "/")).Body, Does.Contain("Down on Friday"));
    }

    protected override async Task PrepareAsync() => _place = await TestDatabase.NewAsync(kind);

    protected override void Configure(ChatApp.Setup setup)
    {
        _place.Use(setup);
        setup.Settings["PromptLibrary:MostPerUser"] = "3";
        setup.Settings["Welcome:Text"] = "**All** is <logged>. See the [rules](https://example.org/), [no](javascript:alert(1)).";
        setup.Settings["Welcome:Notice"] = "Down on Friday";
        setup.Settings["Welcome:Texts:de"] = "Alles wird gespeichert.";
        setup.Settings["Welcome:Notices:de"] = "Am Freitag nicht erreichbar";
        setup.Settings["Welcome:Prompts:0:Title"] = "Review";
        setup.Settings["Welcome:Prompts:0:Titles:de"] = "Prüfen";
        setup.Settings["Welcome:Prompts:0:Titles:zh"] = "请审阅";
        setup.Settings["Welcome:Prompts:0:Texts:de"] = "Prüfe {{was}}.";
        setup.Settings["Welcome:Prompts:0:Text"] = "Review {{what}}.";
        setup.Settings["Welcome:Prompts:1:Text"] = "Say it";
        setup.Settings["Welcome:Prompts:1:Model"] = "gpt-4o";
        setup.Settings["Welcome:Prompts:1:Preset"] = "precise";
    }

    private Task<Sent> FormAsync(string form, string path = "/settings/prompts") =>
        SendAsync("POST", path, form, "application/x-www-form-urlencoded");

    private async Task<Sent> SendAsync(
        string method, string path, string? body = null, string type = "application/json", ChatClient? by = null,
        string? language = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, type),
        };
        if (language is not null)
            request.Headers.AcceptLanguage.ParseAdd(language);
        using var response = await (by ?? User).Http.SendAsync(request, Token);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token),
            response.Headers.Location?.OriginalString);
    }

    private sealed record Sent(int Status, string Body, string? Location)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;
    }
}
