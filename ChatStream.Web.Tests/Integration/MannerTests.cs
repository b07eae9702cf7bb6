using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>How a conversation's answers are to be: what is stored with it, and what the model gets.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class MannerTests(DatabaseKind kind) : AppTest
{
    private const string Site = "You are ours.";
    private const string Terse = "Be terse.";
    private const string Own = "Speak of ships.\nAlways.";

    private TestDatabase _database = null!;

    protected override async Task PrepareAsync() => _database = await TestDatabase.NewAsync(kind);

    [OneTimeTearDown]
    public async Task DropDatabaseAsync()
    {
        await StopAppAsync();
        await _database.DisposeAsync();
    }

    protected override void Configure(ChatApp.Setup setup)
    {
        _database.Use(setup);
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Chat:SystemPrompt"] = Site,
            ["Chat:ContextTokens"] = "2000",
            ["Presets:0:Name"] = "terse",
            ["Presets:0:Label"] = "Terse",
            ["Presets:0:Labels:zh"] = "简练",
            ["Presets:0:Description"] = "Few words.",
            ["Presets:0:SystemPrompt"] = Terse,
            ["Presets:0:Temperature"] = "0.2",
            ["Presets:0:TopP"] = "0.5",
            ["Presets:0:Effort"] = "minimal",
            ["Presets:0:Verbosity"] = "low",
            ["Presets:1:Name"] = "wild",
            ["Presets:1:Temperature"] = "1.5",
            ["Models:0:Name"] = "deep",
            ["Models:0:Efforts:0"] = "minimal",
            ["Models:0:Efforts:1"] = "high",
            ["Models:0:Verbosity"] = "true",
            ["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString(),
            ["Models:0:Deployments:0:Deployment"] = "deep-east",
            ["Models:0:Deployments:0:ApiKey"] = "emulator-key",
            ["Models:0:Deployments:0:PromptCacheKey"] = "true",
            ["Models:0:Deployments:0:ServiceTier"] = "priority",
            ["Models:1:Name"] = "five",
            ["Models:1:Efforts:0"] = "minimal",
            ["Models:1:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString(),
            ["Models:1:Deployments:0:Deployment"] = "gpt-5-mini",
            ["Models:1:Deployments:0:ApiKey"] = "emulator-key",
        })
            setup.Settings[key] = value;
    }

    [Test]
    public async Task What_a_start_chooses_is_sent_and_holds_for_all_later_answers()
    {
        var first = await StartAsync("""
            {"message":"One","model":"deep","preset":"TERSE","effort":"high","verbosity":"medium","systemPrompt":"Speak of ships.\nAlways."}
            """);
        var conversation = Id(first, "conversationId");
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(conversation)))[..32];
        const string System = """{"role":"system","content":"You are ours.\n\nBe terse.\n\nSpeak of ships.\nAlways."}""";
        var rest = $$"""
            ],"stream":true,"stream_options":{"include_usage":true},"temperature":0.2,"top_p":0.5,"reasoning_effort":"high","verbosity":"medium","service_tier":"priority","prompt_cache_key":"{{key}}"}
            """;
        Assert.That((await AskedAsync()).Body, Is.EqualTo(
            $$"""{"model":"deep-east","messages":[{{System}},{"role":"user","content":"One"}{{rest}}"""));

        await StartAsync($$"""{"message":"Two","model":"deep","conversationId":"{{conversation}}"}""");
        var body = (await AskedAsync(1)).Body;
        Assert.That(body, Does.StartWith(
            $$"""{"model":"deep-east","messages":[{{System}},{"role":"user","content":"One"},{"role":"assistant","content":"One"},"""));
        Assert.That(body, Does.EndWith(rest), "the next message");
        await StartAsync($$"""{"model":"deep","parentId":"{{await ParentAsync(conversation, Id(first, "messageId"))}}"}""");
        Assert.That((await AskedAsync(2)).Body, Is.EqualTo((await AskedAsync()).Body), "answered again");
        await StartAsync($$"""{"model":"deep","parentId":"{{Id(first, "messageId")}}"}""");
        Assert.That((await AskedAsync(3)).Body, Does.Contain(System).And.EndsWith(rest), "continued");
    }

    [Test]
    public async Task A_preset_alone_gives_its_effort_and_verbosity_to_the_models_that_take_them()
    {
        var deep = await StartAsync("""{"message":"One","model":"deep","preset":"terse"}""");
        Assert.That((await AskedAsync()).Body, Does.Contain(
            "\"temperature\":0.2,\"top_p\":0.5,\"reasoning_effort\":\"minimal\",\"verbosity\":\"low\""));
        Assert.That((await NodeAsync(deep)).GetProperty("effort").GetString(), Is.EqualTo("minimal"));

        var plain = await StartAsync("""{"message":"One","preset":"terse"}""");
        Assert.That((await AskedAsync(1)).Parameters, Does.Contain("temperature").And.Not.Contain("reasoning_effort")
            .And.Not.Contain("verbosity"));
        Assert.That((await NodeAsync(plain)).TryGetProperty("effort", out _), Is.False);
    }

    [Test]
    public async Task A_model_that_refuses_a_temperature_gets_none_from_then_on()
    {
        await StartAsync("""{"message":"One","model":"five","preset":"wild"}""");
        var before = Asked;
        await StartAsync("""{"message":"Two","model":"five","preset":"wild"}""");

        Assert.That(Asked, Is.EqualTo(before + 1), "found out once");
        Assert.That((await AskedAsync(before)).Parameters, Does.Not.Contain("temperature"));
    }

    [Test]
    public async Task A_change_counts_from_the_next_answer_and_null_clears()
    {
        var conversation = Id(await StartAsync("""{"message":"One","model":"deep"}"""), "conversationId");

        Assert.That(await PatchAsync(conversation, """
            {"preset":"terse","effort":"high","verbosity":"high","systemPrompt":"Speak of ships.\nAlways."}
            """), Is.EqualTo((200, default(string), default(string))));
        await StartAsync($$"""{"message":"Two","model":"deep","conversationId":"{{conversation}}"}""");
        Assert.That((await AskedAsync(1)).Body, Does.Contain(Terse)
            .And.Contain("\"reasoning_effort\":\"high\",\"verbosity\":\"high\""));

        await PatchAsync(conversation, """{"preset":null,"effort":null}""");
        await StartAsync($$"""{"message":"Three","model":"deep","conversationId":"{{conversation}}"}""");
        Assert.That((await AskedAsync(2)).Json.GetProperty("messages")[0].GetProperty("content").GetString(),
            Is.EqualTo($"{Site}\n\n{Own}"));
        Assert.That((await AskedAsync(2)).Parameters, Does.Contain("verbosity").And.Not.Contain("reasoning_effort")
            .And.Not.Contain("temperature"));

        await StartAsync($$"""
            {"message":"Four","model":"deep","conversationId":"{{conversation}}","systemPrompt":" \u200b ","verbosity":null}
            """);
        Assert.That((await AskedAsync(3)).Json.GetProperty("messages")[0].GetProperty("content").GetString(), Is.EqualTo(Site));
        Assert.That(await MannerAsync(conversation), Is.EqualTo(new string?[] { null, null, null, null }));
    }

    [Test]
    public async Task What_another_model_does_not_take_is_left_out_and_kept()
    {
        var conversation = Id(
            await StartAsync("""{"message":"One","model":"deep","effort":"high","verbosity":"low"}"""), "conversationId");

        var other = await StartAsync($$"""{"message":"Two","model":"gpt-4o","conversationId":"{{conversation}}"}""");
        Assert.That((await AskedAsync(1)).Parameters, Does.Not.Contain("reasoning_effort").And.Not.Contain("verbosity"));
        Assert.That((await NodeAsync(other)).TryGetProperty("effort", out _), Is.False);
        Assert.That(await MannerAsync(conversation), Is.EqualTo(new string?[] { null, "high", "low", null }));
    }

    [TestCase("""{"preset":"gone"}""", "preset", "unknown_preset", "There is no such preset. GET /models lists those there are.")]
    [TestCase("""{"preset":""}""", "preset", "unknown_preset", "There is no such preset. GET /models lists those there are.")]
    [TestCase("""{"effort":"low"}""", "effort", "unknown_effort", "No model takes that effort.",
        "This model does not take that effort. It takes minimal, high.")]
    [TestCase("""{"verbosity":"huge"}""", "verbosity", "unknown_verbosity", "A verbosity is low, medium or high.")]
    [TestCase("""{"systemPrompt":"a\u0000"}""", "systemPrompt", "system_prompt_has_nul",
        "The system prompt has a NUL character in it.")]
    [TestCase("LONG", "systemPrompt", "system_prompt_too_large",
        "The system prompt is 10001 characters long; at most 10000 fit.")]
    [TestCase("MANY", "systemPrompt", "system_prompt_too_long", "The system prompt is too long; at most 996 tokens fit.")]
    [TestCase("""{"systemPrompt":1}""", "systemPrompt", null,
        "'systemPrompt' is not a member that is known here, or its value is not of the right kind.")]
    public async Task What_cannot_be_is_refused_with_its_field(
        string members, string field, string? code, string detail, string? detailOfStart = null)
    {
        members = members switch
        {
            "LONG" => $$"""{"systemPrompt":"{{new string('a', 10_001)}}"}""",
            "MANY" => $$"""{"systemPrompt":"{{string.Concat(Enumerable.Repeat("word ", 1_200))}}"}""",
            _ => members,
        };
        var conversation = Id(await StartAsync("""{"message":"One","model":"deep"}"""), "conversationId");

        var (response, problem) = await User.JsonAsync(
            ChatClient.PostRaw($$"""{"message":"Two","model":"deep",{{members[1..]}}"""));
        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(problem.GetProperty("errors").GetProperty(field)[0].GetString(), Is.EqualTo(detailOfStart ?? detail));
        Assert.That(CodeOf(problem), Is.EqualTo(code));
        Assert.That(await PatchAsync(conversation, members), Is.EqualTo((400, code, detail)));
        Assert.That(Asked, Is.EqualTo(1), "nothing was asked");
        Assert.That(await MannerAsync(conversation), Is.EqualTo(new string?[] { null, null, null, null }));
    }

    [Test]
    public async Task A_model_without_verbosity_refuses_one()
    {
        var (response, problem) = await User.JsonAsync(ChatClient.PostRaw("""{"message":"One","verbosity":"low"}"""));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(problem.GetProperty("detail").GetString(), Is.EqualTo("This model takes no verbosity."));
    }

    [Test]
    public async Task Instructions_leave_less_room_for_a_message()
    {
        var prompt = string.Concat(Enumerable.Repeat("word ", 900));
        var conversation = Id(await StartAsync($$"""{"message":"One","systemPrompt":"{{prompt}}"}"""), "conversationId");
        var long_ = string.Concat(Enumerable.Repeat("word ", 1_500));

        var (response, problem) = await User.JsonAsync(
            ChatClient.PostRaw($$"""{"message":"{{long_}}","conversationId":"{{conversation}}"}"""));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(CodeOf(problem), Is.EqualTo("message_too_long"));
        Assert.That(problem.GetProperty("numbers")[1].GetInt32(), Is.InRange(1_050, 1_100));
        Assert.That(Asked, Is.EqualTo(1));
        Assert.That(
            (await StartAsync($$"""{"message":"{{long_}}","conversationId":"{{conversation}}","systemPrompt":null}"""))
                .GetProperty("state").GetString(),
            Is.EqualTo("ended"), "the start itself makes room");
    }

    [Test]
    public async Task A_repeat_that_chooses_something_else_is_another_request()
    {
        string[] bodies =
        [
            """{"message":"One","systemPrompt":"Be kind."}""", """{"message":"One","systemPrompt":"Be kind."}""",
            """{"message":"One","systemPrompt":null}""", """{"message":"One"}""", """{"message":"One","preset":"terse"}""",
        ];
        var statuses = new List<int>();
        foreach (var body in bodies)
        {
            var request = ChatClient.PostRaw(body);
            request.Headers.Add("Idempotency-Key", "manner");
            statuses.Add((int)(await User.JsonAsync(request)).Response.StatusCode);
        }

        Assert.That(statuses, Is.EqualTo(new[] { 200, 200, 422, 422, 422 }));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task Exports_have_it_and_an_import_brings_it_back()
    {
        var conversation = Id(await StartAsync("""
            {"message":"One","model":"deep","preset":"terse","effort":"high","verbosity":"low","systemPrompt":"Speak of ships.\nAlways."}
            """), "conversationId");

        var export = await User.Http.GetStringAsync($"/conversations/{conversation}/export?format=json", Token);
        Assert.That(export, Does.Contain(
            "\"preset\":\"terse\",\"effort\":\"high\",\"verbosity\":\"low\","
            + "\"systemPrompt\":\"Speak of ships.\\nAlways.\",\"messages\":"));
        var markdown = await User.Http.GetStringAsync($"/conversations/{conversation}/export?format=md", Token);
        Assert.That(WireText.WithoutTimes(markdown), Is.EqualTo(
            "# One\n\nPreset: terse, Effort: high, Verbosity: low\n\n## Instructions\n\nSpeak of ships.\nAlways.\n\n## You\n\n*T*"
            + "\n\nOne\n\n## deep\n\n*T, took S*\n\nOne\n"));

        using var body = new StringContent(export, Encoding.UTF8, "application/json");
        using var imported = await User.Http.PostAsync("/conversations/import", body, Token);
        var tree = await imported.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.That(WireText.Numbered(tree.GetRawText()), Is.EqualTo(WireText.Numbered(export)), "the same but for its ids");
        await StartAsync($$"""{"message":"Two","model":"deep","conversationId":"{{Id(tree, "id")}}"}""");
        Assert.That((await AskedAsync(1)).Body, Does.Contain("Speak of ships.").And.Contain("\"reasoning_effort\":\"high\""));
    }

    [TestCase("preset", "\"\"", "The text must have 1 to 64 characters.")]
    [TestCase("effort", "\"a\\u0000\"", "The text must not have a NUL character.")]
    [TestCase("verbosity", "\"huge\"", "A verbosity is low, medium or high.")]
    public async Task An_import_with_a_wrong_manner_is_refused(string member, string value, string detail)
    {
        using var body = new StringContent($$"""
            {"id":"a","title":"T","leafId":"m","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z","{{member}}":{{value}},
            "messages":[{"id":"m","role":"user","text":"Hi","createdAt":"2026-01-01T00:00:00Z"}]}
            """, Encoding.UTF8, "application/json");
        using var response = await User.Http.PostAsync("/conversations/import", body, Token);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(problem.GetProperty("errors").GetProperty(member)[0].GetString(), Is.EqualTo(detail));
    }

    [Test]
    public async Task A_preset_that_is_not_configured_any_more_is_left_out()
    {
        using var body = new StringContent("""
            {"id":"a","title":"T","leafId":"m","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z","preset":"gone",
            "messages":[{"id":"m","role":"user","text":"Hi","createdAt":"2026-01-01T00:00:00Z"}]}
            """, Encoding.UTF8, "application/json");
        using var imported = await User.Http.PostAsync("/conversations/import", body, Token);
        var conversation = Id(await imported.Content.ReadFromJsonAsync<JsonElement>(Token), "id");

        await StartAsync($$"""{"message":"Two","conversationId":"{{conversation}}"}""");

        Assert.That((await AskedAsync()).Json.GetProperty("messages")[0].GetProperty("content").GetString(), Is.EqualTo(Site));
        Assert.That((await MannerAsync(conversation))[0], Is.EqualTo("gone"));
    }

    [Test]
    public async Task The_list_of_models_has_the_presets()
    {
        Assert.That(await User.Http.GetStringAsync("/models", Token), Does.Contain(
            "\"presets\":[{\"name\":\"terse\",\"label\":\"Terse\",\"labels\":{\"zh\":\"简练\"},\"description\":\"Few words.\","
            + "\"effort\":\"minimal\",\"verbosity\":\"low\"},{\"name\":\"wild\",\"label\":\"wild\"}]"));
    }

    [Test]
    public async Task The_form_sends_it_and_the_page_shows_it()
    {
        using var form = new FormUrlEncodedContent(
        [
            new("message", "Hello"), new("model", "deep"), new("preset", "terse"), new("effort", "high"), new("verbosity", ""),
            new("systemPrompt", "Speak of ships.\r\nAlways."), new("formKey", "key"),
        ]);
        using var sent = await User.Http.PostAsync(new Uri("/chat", UriKind.Relative), form, Token);

        Assert.That((int)sent.StatusCode, Is.EqualTo(303));
        Assert.That((await AskedAsync()).Json.GetProperty("messages")[0].GetProperty("content").GetString(),
            Is.EqualTo($"{Site}\n\n{Terse}\n\n{Own}"));
        var page = await User.Http.GetStringAsync(sent.Headers.Location, Token);
        Assert.That(page, Does.Match("<option value=\"terse\"[^>]*selected=\"selected\">Terse</option>")
            .And.Match("<option value=\"high\" selected=\"selected\">high</option>")
            .And.Contain(">Speak of ships.&#xA;Always.</textarea>")
            .And.Contain("<span\n        class=\"now\">Terse, high, own instructions</span>"));
    }

    private async Task<JsonElement> StartAsync(string body)
    {
        var (response, answer) = await User.JsonAsync(ChatClient.PostRaw(body));
        Assert.That((int)response.StatusCode, Is.EqualTo(200), $"{answer}");
        return answer;
    }

    private async Task<(int Status, string? Code, string? Detail)> PatchAsync(string conversation, string body)
    {
        var (response, answer) = await User.JsonAsync(new HttpRequestMessage(HttpMethod.Patch, $"/conversations/{conversation}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
        return ((int)response.StatusCode, CodeOf(answer),
            answer.TryGetProperty("detail", out var detail) ? detail.GetString() : null);
    }

    private async Task<string?[]> MannerAsync(string conversation)
    {
        var tree = await TreeAsync(conversation);
        return [.. new[] { "preset", "effort", "verbosity", "systemPrompt" }.Select(member =>
            tree.TryGetProperty(member, out var value) ? value.GetString() : null)];
    }

    private async Task<JsonElement> NodeAsync(JsonElement answer) =>
        (await TreeAsync(Id(answer, "conversationId"))).GetProperty("messages").EnumerateArray()
            .Single(node => Id(node, "id") == Id(answer, "messageId"));

    private async Task<string> ParentAsync(string conversation, string id) =>
        Id((await TreeAsync(conversation)).GetProperty("messages").EnumerateArray().Single(node => Id(node, "id") == id),
            "parentId");

    private async Task<JsonElement> TreeAsync(string conversation) =>
        (await User.JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/conversations/{conversation}"))).Body;

    private static string Id(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private static string? CodeOf(JsonElement problem) => problem.TryGetProperty("code", out var code) ? code.GetString() : null;
}
