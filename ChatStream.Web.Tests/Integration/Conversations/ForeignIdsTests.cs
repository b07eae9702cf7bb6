using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>
/// On every route, ids of another user give the same result as unknown ids. Those of files have a table of their own.
/// </summary>
internal sealed partial class ForeignIdsTests(DatabaseKind kind) : ConversationsTest(kind)
{
    private const string ProgramKey = "a-program-key-of-many-characters";
    private const string Unknown = AppRoute.UnknownId;

    // What they refer to is another user's: {c} a conversation, {m}, {a} and {r} its message, answer and running answer, {d} a
    // deleted conversation, {f} a folder, {p} a prompt, {t} a trial stream. {own} is a conversation of the user who asks.
    // They are refused with 404, or with the status that stands first.
    private static readonly string[] Requests =
    [
        "GET /chat/{c}",
        "GET /conversations/{c}",
        "GET /conversations/{c}/export",
        "GET /conversations/{c}/export?format=json",
        "DELETE /conversations/{c}",
        """PATCH /conversations/{c} {"title":"Mine"}""",
        """PATCH /conversations/{c} {"leafId":"{m}"}""",
        """PATCH /conversations/{own} {"leafId":"{m}"}""",
        """PATCH /conversations/{own} {"leafId":"{a}"}""",
        """PATCH /conversations/{own} {"leafId":"{c}"}""",
        "GET /chat/stream/{a}",
        "GET /chat/stream/{r}",
        "GET /chat/stream/{r} accept:application/json",
        "GET /chat/stream/{r}?lastEventId={r}.0",
        "POST /chat/stream/{a}/stop",
        "POST /chat/stream/{r}/stop",
        "GET /chat/stream?message=Hi&conversationId={c}",
        "GET /chat/stream?message=Hi&lastEventId={a}.0",
        "GET /chat/stream?message=Hi&lastEventId={r}.0",
        "GET /chat/stream?message=Hi&lastEventId={a}.s0",
        """POST /chat/stream {"message":"Hi","conversationId":"{c}"}""",
        """POST /chat/stream {"message":"Hi","parentId":"{c}"}""",
        """POST /chat/stream {"message":"Hi","parentId":"{m}"}""",
        """POST /chat/stream {"message":"Hi","parentId":"{a}"}""",
        """POST /chat/stream {"message":"Hi","parentId":"{r}"}""",
        """POST /chat/stream {"message":"Hi","conversationId":"{own}","parentId":"{a}"}""",
        """POST /chat/stream {"message":"Hi","conversationId":"{c}","parentId":"{c}"}""",
        """POST /chat/stream {"parentId":"{m}"}""",
        """POST /chat/stream {"parentId":"{a}"}""",
        "POST /chat message=Hi&conversationId={c}",
        "POST /chat message=Hi&folderId={f}",
        "POST /chat/stop generationId={r}",
        "POST /chat/decide generationId={r}&callId={a}&decision=allow",
        """POST /chat/stream {"message":"Hi","folderId":"{f}"}""",
        """POST /chat/stream/{r}/tools/{a} {"decision":"allow"}""",
        "GET /conversations?folder={f}",
        "GET /conversations?folder={f}&q=Secret",
        """204 POST /conversations/delete {"ids":["{c}","{d}"]}""",
        """200 POST /conversations/restore {"ids":["{d}"]}""",
        """204 POST /conversations/move {"ids":["{c}"],"folderId":"archive"}""",
        """POST /conversations/move {"ids":["{own}"],"folderId":"{f}"}""",
        """PATCH /conversations/{own} {"folderId":"{f}"}""",
        """PATCH /conversations/{c} {"pinned":true}""",
        "GET /conversations/{c}/context",
        "POST /conversations/{c}/summaries {}",
        """PUT /conversations/{c}/summaries/{a} {"text":"Mine"}""",
        """PUT /conversations/{own}/summaries/{a} {"text":"Mine"}""",
        "DELETE /conversations/{c}/summaries/{a}",
        "DELETE /conversations/{own}/summaries/{a}",
        """PUT /conversations/{c}/feedback/{a} {"rating":"down"}""",
        """PUT /conversations/{own}/feedback/{a} {"rating":"down"}""",
        "DELETE /conversations/{c}/feedback/{a}",
        "DELETE /conversations/{own}/feedback/{a}",
        "POST /conversations/{c}/share {}",
        "DELETE /conversations/{c}/share",
        "POST /shares/make conversationId={c}&days=7",
        "303 POST /shares/revoke conversationId={c}",
        "GET /?folder={f}",
        "GET /chat?folder={f}",
        "200 GET /shelf?conversation={c}&folder={f}&marked={c}",
        """PATCH /folders/{f} {"name":"Mine"}""",
        "DELETE /folders/{f}",
        "GET /prompts/{p}",
        """PATCH /prompts/{p} {"title":"Mine"}""",
        "DELETE /prompts/{p}",
        "POST /settings/prompts id={p}&what=save&title=Mine&text=Mine",
        "303 POST /settings/prompts id={p}&what=delete",
        "GET /diagnose/stream/{t}",
        "POST /diagnose/stream/{t}/stop",
    ];

    // Requests to these name nothing of a user's. Imports give all ids anew, and the page of shares repeats the one it is given.
    private static readonly string[] WithoutIds =
    [
        "GET /models", "GET /usage", "GET /words", "GET /openapi.json", "GET /diagram", "GET /diagnose", "POST /diagnose/stream",
        "GET /account", "GET /account/export", "POST /account/erase", "POST /account/browser", "DELETE /account", "GET /settings",
        "POST /preferences", "GET /folders", "POST /folders", "GET /prompts", "POST /prompts", "POST /conversations/import",
        "POST /files", "GET /shares", "POST /sign-out", "GET /sign-out/provider", "GET /signed-out", "GET /not-admitted",
        "GET /sign-in-failed",
    ];

    // Administrators see what is others' on purpose, a share is for all who have its address, and tool servers are everybody's.
    private static readonly string[] NotOfOneUser = ["/admin", "/s/", "/tools/"];

    private Talk _theirs = null!;
    private string _running = "";
    private string _deleted = "";
    private string _folder = "";
    private string _prompt = "";
    private HttpResponseMessage? _trial;
    private string _trialId = "";

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Api:Keys:0:Name"] = "program";
        setup.Settings["Api:Keys:0:Key"] = ProgramKey;
        foreach (var limit in new[] { "PerMinute", "PerMinutePerAddress", "AtOnce", "AtOncePerAddress" })
            setup.Settings[$"Limits:Trials{limit}"] = "1000";
    }

    [Test]
    public void Each_route_is_in_the_table_or_takes_no_id()
    {
        var asked = Requests.Concat(ForeignFilesTests.Requests).Select(RouteOf).Concat(WithoutIds).ToHashSet();
        var routes = AppRoute.AllOf(App)
            .Where(route => route.Method != "HEAD"
                && !NotOfOneUser.Any(path => route.Path.StartsWith(path, StringComparison.Ordinal)))
            .Select(route => route.ToString()).Distinct().ToList();

        Assert.That(routes, Has.Count.GreaterThan(50));
        Assert.That(routes.Except(asked), Is.Empty);
        Assert.That(WithoutIds.Except(routes), Is.Empty);
        Assert.That(WithoutIds, Has.None.Contains(Unknown));
    }

    [Test]
    public async Task Another_users_id_gives_the_same_answer_as_an_unknown_id(
        [ValueSource(nameof(Requests))] string request, [Values] bool byProgram)
    {
        await TheirsAsync(byProgram: false);
        using var other = App.NewUser();
        if (byProgram)
            other.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ProgramKey);
        await AssertNotThereAsync(request, other);
    }

    [TestCase("GET /conversations/{c}")]
    [TestCase("DELETE /conversations/{c}")]
    [TestCase("GET /chat/stream/{r}")]
    [TestCase("POST /chat/stream/{r}/stop")]
    [TestCase("""POST /chat/stream {"parentId":"{a}"}""")]
    public async Task A_browser_does_not_see_conversations_of_a_program(string request)
    {
        await TheirsAsync(byProgram: true);
        using var other = App.NewUser();
        await AssertNotThereAsync(request, other);
    }

    [Test]
    public async Task The_same_key_of_another_user_starts_a_new_answer()
    {
        using var first =
            await User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }, "application/json", "one-key"), Token);
        using var other = App.NewUser();
        using var second =
            await other.Http.SendAsync(ChatClient.Post(new { message = "Ho" }, "application/json", "one-key"), Token);

        Assert.That(await second.Content.ReadAsStringAsync(Token), Does.Contain("\"text\":\"Ho\""));
    }

    [TearDown]
    public async Task EndAsync()
    {
        if (_running.Length > 0)
            (await User.StopAsync(_running)).Dispose();
        _running = "";
        _trial?.Dispose();
    }

    private async Task AssertNotThereAsync(string request, ChatClient other)
    {
        var own = await TalkAsync("Own", by: other);
        var theirs = await StateAsync();
        var asked = Asked;
        var status = char.IsAsciiDigit(request[0]) ? int.Parse(request[..3], CultureInfo.InvariantCulture) : 404;

        var foreign = await SendAsync(request, other, own, IdOfTheirs);
        var unknown = await SendAsync(request, other, own, _ => Unknown);

        Assert.That(foreign.Status, Is.EqualTo(status), foreign.Body);
        Assert.That(unknown.Status, Is.EqualTo(status), unknown.Body);
        Assert.That(WithoutNonce(foreign.Body), Is.EqualTo(WithoutNonce(unknown.Body)));
        Assert.That(await StateAsync(), Is.EqualTo(theirs), "nothing of theirs was changed");
        Assert.That(Asked, Is.EqualTo(asked), "no model was asked");
    }

    /// <summary>A conversation with a whole answer, one in it that runs, and one of all else that has an id.</summary>
    private async Task TheirsAsync(bool byProgram)
    {
        if (byProgram)
            User.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ProgramKey);
        Answers("Running", Script.Start().Text("so far").Stall());
        _theirs = await TalkAsync("Secret");
        using var request = ChatClient.Post(new { message = "Running", conversationId = _theirs.ConversationId });
        await using var stream = await User.StreamAsync(request, Token);
        await stream.UntilTextAsync("so far");
        _running = stream.GenerationId;
        var conversation = $"/conversations/{_theirs.ConversationId}";
        await MakeAsync(HttpMethod.Put, $"{conversation}/feedback/{_theirs.AnswerId}", """{"rating":"up"}""");
        await MakeAsync(HttpMethod.Put, $"{conversation}/summaries/{_theirs.AnswerId}", """{"text":"Secrets."}""");
        await MakeAsync(HttpMethod.Post, $"{conversation}/share", "{}");
        _folder = (await MakeAsync(HttpMethod.Post, "/folders", """{"name":"Secrets"}""")).GetProperty("id").GetString()!;
        _prompt = (await MakeAsync(HttpMethod.Post, "/prompts", """{"title":"Secret","text":"Secret"}"""))
            .GetProperty("id").GetString()!;
        _deleted = (await TalkAsync("Secret too")).ConversationId;
        (await User.Http.DeleteAsync(new Uri($"/conversations/{_deleted}", UriKind.Relative), Token)).Dispose();
        using var opening = new HttpRequestMessage(HttpMethod.Post, "/diagnose/stream?kind=silent");
        _trial = await User.Http.SendAsync(opening, HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await _trial.Content.ReadAsStreamAsync(Token), leaveOpen: true);
        await reader.ReadLineAsync(Token);
        _trialId = (await reader.ReadLineAsync(Token))!.Split("\"id\":\"")[1][..16];
    }

    private async Task<JsonElement> MakeAsync(HttpMethod method, string path, string json)
    {
        var made = await SendAsync(method, path, json);
        Assert.That(made.Status, Is.EqualTo(200).Or.EqualTo(201), made.Body);
        return made.Json;
    }

    /// <summary>All that the user has, as the user sees it.</summary>
    private async Task<string> StateAsync()
    {
        var paths = new[]
        {
            $"/conversations/{_theirs.ConversationId}", "/conversations", "/folders", "/prompts", $"/diagnose/stream/{_trialId}",
        };
        var state = new StringBuilder();
        foreach (var path in paths)
            state.AppendLine((await GetAsync(path)).Body);
        using var shares = new HttpRequestMessage(HttpMethod.Get, "/shares") { Headers = { { "Accept", "application/json" } } };
        using var shared = await User.Http.SendAsync(shares, Token);
        return state.Append(await shared.Content.ReadAsStringAsync(Token)).ToString();
    }

    private string IdOfTheirs(string name) => name switch
    {
        "{c}" => _theirs.ConversationId,
        "{m}" => _theirs.MessageId,
        "{a}" => _theirs.AnswerId,
        "{r}" => _running,
        "{d}" => _deleted,
        "{f}" => _folder,
        "{p}" => _prompt,
        "{t}" => _trialId,
        _ => throw new ArgumentException(name, nameof(name)),
    };

    private async Task<Reply> SendAsync(string text, ChatClient by, Talk own, Func<string, string> idOf)
    {
        var named = text.Replace("{own}", own.ConversationId, StringComparison.Ordinal);
        var parts = Name().Replace(char.IsAsciiDigit(named[0]) ? named[4..] : named, match => idOf(match.Value)).Split(' ', 3);
        using var request = new HttpRequestMessage(new HttpMethod(parts[0]), parts[1]);
        if (parts.Length == 3 && parts[2].StartsWith("accept:", StringComparison.Ordinal))
            request.Headers.Add("Accept", parts[2][7..]);
        else if (parts.Length == 3)
            request.Content = new StringContent(
                parts[2], Encoding.UTF8, parts[2][0] == '{' ? "application/json" : "application/x-www-form-urlencoded");
        using var response = await by.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        // A stream that was opened by mistake would not end.
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return new Reply(
            (int)response.StatusCode, isStream ? "" : await response.Content.ReadAsStringAsync(Token), response);
    }

    private static string RouteOf(string request)
    {
        var parts = Regex.Replace(request, @"^\d+ ", "").Split(' ');
        return $"{parts[0]} {Regex.Replace(parts[1].Split('?')[0], @"\{\w+\}", Unknown)}";
    }

    // Removes what differs from page to page: generated ids and the repeated draft.
    private static string WithoutNonce(string body) =>
        Regex.Replace(body, "(name=\"key\"|nonce)[^>]*|\"[A-Za-z0-9_-]{16}\"", "");

    [GeneratedRegex(@"\{[a-z]\}")]
    private static partial Regex Name();
}
