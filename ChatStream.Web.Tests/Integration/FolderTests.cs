using System.Text;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Folders, the archive, pins, and the undoing of a delete, as programs and the page meet them.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class FolderTests(DatabaseKind kind) : AppTest
{
    private const string Unknown = "AAAAAAAAAAAAAAAA";

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
        setup.Settings["Chat:SystemPrompt"] = "You are ours.";
        setup.Settings["Chat:ContextTokens"] = "2000";
    }

    [Test]
    public async Task Instructions_of_a_folder_go_to_the_model_before_the_conversations_own()
    {
        var folder = await NewFolderAsync("""{"name":" Ships ","colour":"teal","instructions":"Speak of ships."}""");
        var first = await AskAsync($$"""{"message":"One","folderId":"{{folder}}","systemPrompt":"Be brief."}""");
        Assert.That(await SentSystemAsync(), Is.EqualTo("You are ours.\n\nSpeak of ships.\n\nBe brief."));

        await SendAsync("PATCH", $"/folders/{folder}", """{"instructions":"Speak of boats."}""");
        await AskAsync($$"""{"message":"Two","conversationId":"{{first}}"}""");
        Assert.That(await SentSystemAsync(), Is.EqualTo("You are ours.\n\nSpeak of boats.\n\nBe brief."), "as it is now");

        Assert.That((await SendAsync("PATCH", $"/conversations/{first}", """{"folderId":null}""")).Status, Is.EqualTo(200));
        await AskAsync($$"""{"message":"Three","conversationId":"{{first}}"}""");
        Assert.That(await SentSystemAsync(), Is.EqualTo("You are ours.\n\nBe brief."));

        // They are counted: what they leave is less than what there was.
        var filled = await NewFolderAsync($$"""{"name":"Full","instructions":"{{Words(400)}}"}""");
        var long1 = Words(1_800);
        Assert.That((await AskAnyAsync($$"""{"message":"{{long1}}"}""")).Status, Is.EqualTo(200));
        var (status, body) = await AskAnyAsync($$"""{"message":"{{long1}}","folderId":"{{filled}}"}""");
        Assert.That(status, Is.EqualTo(400), $"{body}");
    }

    [Test]
    public async Task The_list_has_an_old_conversation_of_a_folder_that_the_browser_has_marked()
    {
        var folder = await NewFolderAsync("""{"name":"Many"}""");
        var oldest = await AskAsync("""{"message":"Oldest"}""");
        var free = await AskAsync("""{"message":"Free"}""");
        var rest = new List<string>();
        for (var i = 0; i < 60; i++)
            rest.Add(await AskAsync($$"""{"message":"Number {{i}}"}"""));
        await SendAsync(
            "POST", "/conversations/move", JsonSerializer.Serialize(new { ids = rest.Append(oldest), folderId = folder }));
        using var other = App.NewUser();
        var stranger = (await other.AskAsync("Stranger")).GetProperty("conversationId").GetString();

        var shelf = await ShelfAsync("");
        var marked = await ShelfAsync($"?marked={oldest}.{free}.{stranger}.x.");

        Assert.That(shelf, Does.Contain(rest[0]).And.Not.Contain(oldest));
        Assert.That(marked, Does.Contain(rest[0]).And.Contain(oldest).And.Not.Contain(free).And.Not.Contain(stranger!));

        Task<string> ShelfAsync(string query) => User.Http.GetStringAsync($"/shelf{query}", Token);
    }

    [Test]
    public async Task A_folder_is_made_listed_changed_and_removed_and_its_conversations_stay()
    {
        var work = await NewFolderAsync("""{"name":"work","colour":"blue"}""");
        var art = await NewFolderAsync("""{"name":"Art"}""");
        var (inWork, pinned, free) = (await AskAsync($$"""{"message":"Zebra one","folderId":"{{work}}"}"""),
            await AskAsync("""{"message":"Zebra two"}"""), await AskAsync("""{"message":"Zebra three"}"""));
        await SendAsync("PATCH", $"/conversations/{pinned}", $$"""{"folderId":"{{work}}","pinned":true}""");

        var listed = (await GetAsync("/folders")).GetProperty("folders").EnumerateArray().Select(folder =>
            (folder.GetProperty("name").GetString(), folder.GetProperty("conversations").GetInt32()));
        Assert.That(listed, Is.EqualTo(new[] { ("Art", 0), ("work", 1), ("Archive", 0) }), "by name, without the pinned one");
        Assert.That(await ListAsync($"folder={work}"), Is.EqualTo(new[] { pinned, inWork }));
        Assert.That(await ListAsync($"folder={work}&pinned=false"), Is.EqualTo(new[] { inWork }));
        Assert.That(await ListAsync("pinned=true"), Is.EqualTo(new[] { pinned }));
        Assert.That(await ListAsync("folder=none"), Is.EqualTo(new[] { free }));
        Assert.That(await ListAsync($"folder={art}"), Is.Empty);
        Assert.That(await ListAsync(""), Is.EqualTo(new[] { free, pinned, inWork }));

        var (status, changed) = await SendAsync("PATCH", $"/folders/{work}", """{"name":"Works","colour":null}""");
        Assert.That((status, changed.GetProperty("name").GetString(), changed.TryGetProperty("colour", out _)),
            Is.EqualTo((200, "Works", false)));
        var tree = await GetAsync($"/conversations/{inWork}");
        Assert.That(tree.GetProperty("folder").GetProperty("name").GetString(), Is.EqualTo("Works"));

        // The archive takes a conversation out of the list, and a search finds it.
        Assert.That((await SendAsync("POST", "/conversations/move",
            $$"""{"ids":["{{pinned}}","{{inWork}}","{{Unknown}}"],"folderId":"archive"}""")).Status, Is.EqualTo(204));
        Assert.That(await ListAsync(""), Is.EqualTo(new[] { free }));
        Assert.That(await ListAsync("folder=archive&pinned=true"), Is.Empty, "it is not pinned any more");
        Assert.That(await ListAsync("folder=archive"), Is.EqualTo(new[] { pinned, inWork }));
        Assert.That(await ListAsync("q=zebra"), Is.EqualTo(new[] { free, pinned, inWork }));

        await SendAsync("POST", "/conversations/move", $$"""{"ids":["{{inWork}}"],"folderId":"{{work}}"}""");
        Assert.That((await SendAsync("DELETE", $"/conversations/{inWork}")).Status, Is.EqualTo(204));
        Assert.That((await SendAsync("DELETE", $"/folders/{work}")).Status, Is.EqualTo(204));
        Assert.That((await SendAsync("DELETE", $"/folders/{work}")).Status, Is.EqualTo(404));
        await SendAsync("POST", "/conversations/restore", $$"""{"ids":["{{inWork}}"]}""");
        Assert.That(await ListAsync("folder=none"), Is.EqualTo(new[] { free, inWork }), "a restored one is in no folder");
        Assert.That((await AskAnyAsync($$"""{"message":"x","folderId":"{{work}}"}""")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_refusal_names_the_field_and_another_users_folder_is_unknown()
    {
        var folder = await NewFolderAsync("""{"name":"Mine"}""");
        var conversation = await AskAsync("""{"message":"Hello"}""");
        (string Method, string Path, string Body, int Status, string Field)[] refused =
        [
            ("POST", "/folders", "{}", 400, "name"),
            ("POST", "/folders", """{"name":" \t"}""", 400, "name"),
            ("POST", "/folders", """{"name":"a\u0000"}""", 400, "name"),
            ("POST", "/folders", $$"""{"name":"{{new string('a', 81)}}"}""", 400, "name"),
            ("POST", "/folders", """{"name":"a","colour":"mauve"}""", 400, "colour"),
            ("POST", "/folders", """{"name":"a","colour":1}""", 400, "colour"),
            ("POST", "/folders", """{"name":"a","instructions":"b\u0000"}""", 400, "instructions"),
            ("POST", "/folders", $$"""{"name":"a","instructions":"{{new string('a', 10_001)}}"}""", 400, "instructions"),
            ("POST", "/folders", $$"""{"name":"a","instructions":"{{Words(900)}}"}""", 400, "instructions"),
            ("POST", "/folders", """{"name":"a","owner":"x"}""", 400, "owner"),
            ("PATCH", $"/folders/{folder}", """{"colour":"mauve"}""", 400, "colour"),
            ("PATCH", "/folders/archive", """{"name":"a"}""", 409, "id"),
            ("PATCH", $"/folders/{Unknown}", """{"name":"a"}""", 404, "id"),
            ("DELETE", "/folders/archive", "", 409, "id"),
            ("DELETE", $"/folders/{Unknown}", "", 404, "id"),
            ("GET", $"/conversations?folder={Unknown}", "", 404, "folder"),
            ("GET", "/conversations?pinned=maybe", "", 400, "pinned"),
            ("PATCH", $"/conversations/{conversation}", $$"""{"folderId":"{{Unknown}}"}""", 404, "folderId"),
            ("PATCH", $"/conversations/{conversation}", """{"folderId":"archive","pinned":true}""", 400, "pinned"),
            ("POST", "/conversations/move", """{"folderId":null}""", 400, "ids"),
            ("POST", "/conversations/move", """{"ids":[]}""", 400, "folderId"),
            ("POST", "/conversations/move", $$"""{"ids":["x"],"folderId":null}""", 400, "ids"),
            ("POST", "/conversations/move", $$"""{"ids":["{{conversation}}"],"folderId":"{{Unknown}}"}""", 404, "folderId"),
            ("POST", "/conversations/restore", "{}", 400, "ids"),
            ("POST", "/chat/stream", $$"""{"message":"x","folderId":"{{folder}}","temporary":true}""", 400, "folderId"),
            ("POST", "/chat/stream", $$"""{"message":"x","folderId":"{{folder}}","conversationId":"{{conversation}}"}""", 400,
                "folderId"),
            ("POST", "/chat/stream", """{"message":"x","folderId":"archive"}""", 404, "folderId"),
        ];
        foreach (var (method, path, body, status, field) in refused)
        {
            var (actual, problem) = await SendAsync(method, path, body.Length == 0 ? null : body);
            var named = problem.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().First().Name : "";
            Assert.That((actual, named), Is.EqualTo((status, status == 400 ? field : named)),
                $"{method} {path} {body[..Math.Min(body.Length, 80)]}");
        }

        using var other = App.NewUser();
        await other.IdentifyAsync();
        foreach (var (method, path, body) in new[]
        {
            ("PATCH", $"/folders/{folder}", """{"name":"theirs"}"""), ("DELETE", $"/folders/{folder}", null),
            ("GET", $"/conversations?folder={folder}", null),
            ("POST", "/chat/stream", $$"""{"message":"x","folderId":"{{folder}}"}"""),
        })
            Assert.That((await SendAsync(method, path, body, other)).Status, Is.EqualTo(404), $"{method} {path}");
        var theirs = (await SendAsync("GET", "/folders", null, other)).Body.GetProperty("folders");
        Assert.That(theirs.GetArrayLength(), Is.EqualTo(1), "the archive");
        Assert.That((await GetAsync("/folders")).GetProperty("folders")[0].GetProperty("name").GetString(), Is.EqualTo("Mine"));
    }

    [Test]
    public async Task A_deleted_conversation_is_nowhere_and_comes_back_with_all_it_had()
    {
        var kept = await AskAsync("""{"message":"Zebra kept"}""");
        Answers("Zebra runs", Script.Start().Text("Stripes so far").Stall());
        await using var stream = await User.StartAsync("Zebra runs");
        await stream.UntilTextAsync("Stripes so far");
        var (running, generation) = (stream.ConversationId, stream.GenerationId);

        Assert.That((await SendAsync("POST", "/conversations/delete",
            $$"""{"ids":["{{running}}","{{kept}}","{{Unknown}}"]}""")).Status, Is.EqualTo(204));

        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("{\"reason\":\"stopped\"}"));
        foreach (var path in new[]
        {
            $"/conversations/{running}", $"/chat/stream/{generation}", $"/conversations/{running}/export",
            $"/conversations/{running}/context",
        })
            Assert.That((await SendAsync("GET", path)).Status, Is.EqualTo(404), path);
        Assert.That((await ListAsync("")).Length + (await ListAsync("q=zebra")).Length, Is.Zero);
        Assert.That((await AskAnyAsync($$"""{"message":"x","conversationId":"{{kept}}"}""")).Status, Is.EqualTo(404));
        Assert.That((await SendAsync("POST", "/conversations/delete", $$"""{"ids":["{{kept}}"]}""")).Status, Is.EqualTo(204));

        using (var other = App.NewUser())
        {
            await other.IdentifyAsync();
            var theirs = await SendAsync("POST", "/conversations/restore", $$"""{"ids":["{{kept}}"]}""", other);
            Assert.That((theirs.Status, theirs.Body.GetProperty("ids").GetArrayLength()), Is.EqualTo((200, 0)));
        }

        var restored = await SendAsync(
            "POST", "/conversations/restore", $$"""{"ids":["{{running}}","{{kept}}","{{Unknown}}"]}""");
        Assert.That(restored.Body.GetProperty("ids").EnumerateArray().Select(id => id.GetString()),
            Is.EquivalentTo(new[] { running, kept }));
        var answer = (await GetAsync($"/conversations/{running}")).GetProperty("messages")[1];
        Assert.That((answer.GetProperty("text").GetString(), answer.GetProperty("finishReason").GetString()),
            Is.EqualTo(("Stripes so far", "stopped")), "the text so far is kept");
        Assert.That(await ListAsync("q=stripes"), Is.EqualTo(new[] { running }));
    }

    [Test]
    public async Task An_export_carries_folder_and_pin()
    {
        var folder = await NewFolderAsync("""{"name":"Ships","colour":"teal","instructions":"Of ships."}""");
        var id = await AskAsync($$"""{"message":"Zebra","folderId":"{{folder}}"}""");
        await SendAsync("PATCH", $"/conversations/{id}", """{"pinned":true}""");
        var export = (await GetAsync($"/conversations/{id}/export?format=json")).GetRawText();

        using var other = App.NewUser();
        await other.IdentifyAsync();
        for (var i = 0; i < 2; i++)
            Assert.That((await SendAsync("POST", "/conversations/import", export, other)).Status, Is.EqualTo(201));
        var folders = (await SendAsync("GET", "/folders", null, other)).Body.GetProperty("folders");
        Assert.That(folders.GetArrayLength(), Is.EqualTo(2), "the second import finds the folder of the first");
        Assert.That(
            folders[0].GetRawText(), Does.Contain("\"name\":\"Ships\",\"colour\":\"teal\",\"instructions\":\"Of ships.\""));
        Assert.That((await SendAsync("GET", "/conversations?pinned=true", null, other)).Body.GetProperty("conversations")
            .GetArrayLength(), Is.EqualTo(2));
    }

    private async Task<string> NewFolderAsync(string body)
    {
        var (status, folder) = await SendAsync("POST", "/folders", body);
        Assert.That(status, Is.EqualTo(201), $"{folder}");
        return folder.GetProperty("id").GetString()!;
    }

    private async Task<string> AskAsync(string body)
    {
        var (status, answer) = await AskAnyAsync(body);
        Assert.That(status, Is.EqualTo(200), $"{answer}");
        return answer.GetProperty("conversationId").GetString()!;
    }

    private Task<(int Status, JsonElement Body)> AskAnyAsync(string body) => SendAsync("POST", "/chat/stream", body);

    private async Task<JsonElement> GetAsync(string path) => (await SendAsync("GET", path)).Body;

    private async Task<string[]> ListAsync(string query) =>
        [.. (await GetAsync($"/conversations?{query}")).GetProperty("conversations").EnumerateArray()
            .Select(conversation => conversation.GetProperty("id").GetString()!)];

    private async Task<(int Status, JsonElement Body)> SendAsync(
        string method, string path, string? body = null, ChatClient? user = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var (response, answer) = await (user ?? User).JsonAsync(request);
        return ((int)response.StatusCode, answer);
    }

    private async Task<string?> SentSystemAsync()
    {
        var request = await AskedAsync(Asked - 1);
        return JsonDocument.Parse(request.Body).RootElement.GetProperty("messages").EnumerateArray()
            .Single(message => message.GetProperty("role").GetString() == "system").GetProperty("content").GetString();
    }

    private static string Words(int count) => string.Join(' ', Enumerable.Repeat("word", count));
}
