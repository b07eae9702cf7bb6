using System.Net.Http.Headers;
using System.Text;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>On every route, ids of another user give the same result as unknown ids.</summary>
internal sealed class ForeignIdsTests(DatabaseKind kind) : ConversationsTest(kind)
{
    private const string ProgramKey = "a-program-key-of-many-characters";
    private const string Unknown = "AAAAAAAAAAAAAAAA";

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
    ];

    private Talk _theirs = null!;
    private string _running = "";

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Api:Keys:0:Name"] = "program";
        setup.Settings["Api:Keys:0:Key"] = ProgramKey;
    }

    [Test]
    public async Task Another_users_id_gives_the_same_404_as_an_unknown_id(
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
    }

    private async Task AssertNotThereAsync(string request, ChatClient other)
    {
        var own = await TalkAsync("Own", by: other);
        var theirs = await GetAsync($"/conversations/{_theirs.ConversationId}");
        var asked = Asked;

        var foreign = await SendAsync(request, other, own, _theirs.ConversationId, _theirs.MessageId, _theirs.AnswerId, _running);
        var unknown = await SendAsync(request, other, own, Unknown, Unknown, Unknown, Unknown);

        Assert.That(foreign.Status, Is.EqualTo(404), foreign.Body);
        Assert.That(WithoutNonce(foreign.Body), Is.EqualTo(WithoutNonce(unknown.Body)));
        Assert.That(
            (await GetAsync($"/conversations/{_theirs.ConversationId}")).Body, Is.EqualTo(theirs.Body),
            "nothing of theirs was changed");
        Assert.That(Asked, Is.EqualTo(asked), "no model was asked");
    }

    /// <summary>A conversation with a whole answer, and one in it that runs.</summary>
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
    }

    private async Task<Reply> SendAsync(
        string text, ChatClient by, Talk own, string conversation, string message, string answer, string running)
    {
        var parts = text.Replace("{c}", conversation, StringComparison.Ordinal).Replace("{m}", message, StringComparison.Ordinal)
            .Replace("{a}", answer, StringComparison.Ordinal).Replace("{r}", running, StringComparison.Ordinal)
            .Replace("{own}", own.ConversationId, StringComparison.Ordinal).Split(' ', 3);
        using var request = new HttpRequestMessage(new HttpMethod(parts[0]), parts[1]);
        if (parts.Length == 3 && parts[2].StartsWith("accept:", StringComparison.Ordinal))
            request.Headers.Add("Accept", parts[2][7..]);
        else if (parts.Length == 3)
            request.Content = new StringContent(
                parts[2], Encoding.UTF8, parts[2][0] == '{' ? "application/json" : "application/x-www-form-urlencoded");
        using var response = await by.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        // A stream that was opened by mistake would not end.
        return new Reply(
            (int)response.StatusCode, response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(Token),
            response);
    }

    // Removes what differs from page to page: generated ids and the repeated draft.
    private static string WithoutNonce(string body) =>
        System.Text.RegularExpressions.Regex.Replace(body, "(name=\"key\"|nonce)[^>]*|\"[A-Za-z0-9_-]{16}\"", "");
}
