using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>On every route that takes the id of a file, that of another user gives the same result as an unknown one.</summary>
internal sealed partial class ForeignFilesTests(DatabaseKind kind) : ConversationsTest(kind)
{
    private const string ProgramKey = "a-program-key-of-many-characters";
    private const string Unknown = AppRoute.UnknownId;

    // {f} is the file; {own}, {file} and {share} are a conversation, a file and a share of the user who asks.
    internal static readonly string[] Requests =
    [
        "GET /files/{f}",
        "HEAD /files/{f}",
        "GET /files/{f}?format=content",
        "GET /files/{f}?format=text",
        "GET /files/{f}?format=json",
        "GET /files/{f} If-None-Match:\"{f}\"",
        "GET {share}/files/{f}",
        "HEAD {share}/files/{f}",
        """POST /chat/stream {"message":"Hi","files":["{f}"]}""",
        """POST /chat/stream {"message":"Hi","files":["{file}","{f}"]}""",
        """POST /chat/stream {"message":"Hi","files":["{f}"],"temporary":true}""",
        """POST /chat/stream {"message":"Next","conversationId":"{own}","files":["{f}"]}""",
        """POST /chat/stream {"message":"Edited","parentId":"{own}","files":["{f}"]}""",
        """POST /chat/stream {"message":"Edited","conversationId":"{own}","parentId":"{own}","files":["{file}","{f}"]}""",
    ];

    private string _theirs = null!;

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["Api:Keys:0:Name"] = "program";
        setup.Settings["Api:Keys:0:Key"] = ProgramKey;
        setup.Settings["Sharing:Who"] = "Anyone";
        foreach (var limited in new[] { "Starts", "Uploads" })
        {
            setup.Settings[$"Limits:{limited}PerMinute"] = "1000";
            setup.Settings[$"Limits:{limited}PerMinutePerAddress"] = "1000";
        }
    }

    [SetUp]
    public async Task UploadAsync() => _theirs = await User.UploadedAsync(Pictures.Png(5, 4), "secret.png");

    [Test]
    public async Task Another_users_file_gives_the_same_404_as_an_unknown_one(
        [ValueSource(nameof(Requests))] string request, [Values("", "application/json")] string accept, [Values] bool byProgram)
    {
        using var other = OtherUser(byProgram);
        var own = await OwnAsync(other);
        var asked = Asked;

        var foreign = await SendAsync(own.In(request, _theirs), accept, other);
        var unknown = await SendAsync(own.In(request, Unknown), accept, other);

        Assert.That(foreign.Status, Is.EqualTo(404), foreign.Body);
        Assert.That(foreign.Body, Is.EqualTo(unknown.Body));
        Assert.That(HeadOf(foreign), Is.EqualTo(HeadOf(unknown)));
        Assert.That(Asked, Is.EqualTo(asked), "no model was asked");
        var tree = await GetAsync($"/conversations/{own.ConversationId}", other);
        Assert.That(tree.Body, Is.EqualTo(own.Tree), "nothing was added");
    }

    /// <summary>An export says which files its messages have, and may say what it likes.</summary>
    [Test]
    public async Task An_import_that_names_another_users_file_does_not_get_it([Values] bool byProgram)
    {
        using var other = OtherUser(byProgram);
        var own = await OwnAsync(other);
        var export = (await GetAsync($"/conversations/{own.ConversationId}/export?format=json", other)).Body;
        Assert.That(export, Does.Contain("\"data\":"));
        var hostile = Data().Replace(export, "").Replace(own.FileId, _theirs, StringComparison.Ordinal);

        var imported = await SendAsync(HttpMethod.Post, "/conversations/import", hostile, by: other);

        Assert.That(imported.Status, Is.EqualTo(201), imported.Body);
        var tree = (await GetAsync($"/conversations/{imported.Json.GetProperty("id").GetString()}", other)).Body;
        Assert.That(tree, Does.Contain("Mine").And.Not.Contain(_theirs));
        Assert.That((await GetAsync($"/files/{_theirs}", other)).Status, Is.EqualTo(404));
        Assert.That((await GetAsync($"/files/{_theirs}")).Status, Is.EqualTo(200));
    }

    private ChatClient OtherUser(bool byProgram)
    {
        var other = App.NewUser();
        if (byProgram)
            other.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ProgramKey);
        return other;
    }

    private async Task<Own> OwnAsync(ChatClient other)
    {
        // The same content is the same file only to one user.
        var file = await other.UploadedAsync(Pictures.Png(5, 4), "mine.png");
        Assert.That(file, Is.Not.EqualTo(_theirs));
        var (_, answer) = await other.JsonAsync(
            ChatClient.Post(new { message = "Mine", files = new[] { file } }, "application/json"));
        var id = answer.GetProperty("conversationId").GetString()!;
        var share = await SendAsync(HttpMethod.Post, $"/conversations/{id}/share", """{"files":true}""", by: other);
        var own = new Own(
            id, file, share.Json.GetProperty("path").GetString()!, (await GetAsync($"/conversations/{id}", other)).Body);
        Assert.That((await GetAsync($"{own.Share}/files/{file}", other)).Status, Is.EqualTo(200));
        return own;
    }

    private async Task<Reply> SendAsync(string text, string accept, ChatClient by)
    {
        var parts = text.Split(' ', 3);
        using var request = new HttpRequestMessage(new HttpMethod(parts[0]), parts[1]);
        if (accept.Length > 0)
            request.Headers.Add("Accept", accept);
        if (parts.Length == 3 && parts[2][0] == '{')
            request.Content = new StringContent(parts[2], Encoding.UTF8, "application/json");
        else if (parts.Length == 3)
            request.Headers.Add("If-None-Match", parts[2].Split(':', 2)[1]);
        using var response = await by.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        // A stream that was opened by mistake may not end.
        return new Reply(
            (int)response.StatusCode, response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(Token),
            response);
    }

    private static IEnumerable<string> HeadOf(Reply reply) =>
        reply.Response.Headers.Concat(reply.Response.Content.Headers).Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");

    [GeneratedRegex(",?\"data\":\"[^\"]*\"")]
    private static partial Regex Data();

    private sealed record Own(string ConversationId, string FileId, string Share, string Tree)
    {
        public string In(string request, string file) => request.Replace("{f}", file, StringComparison.Ordinal)
            .Replace("{own}", ConversationId, StringComparison.Ordinal).Replace("{file}", FileId, StringComparison.Ordinal)
            .Replace("{share}", Share, StringComparison.Ordinal);
    }
}
