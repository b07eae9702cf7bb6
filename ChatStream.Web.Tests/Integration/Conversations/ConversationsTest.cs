using System.Text;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>A test of <c>/conversations</c> over a real socket, on each kind of database.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal abstract class ConversationsTest(DatabaseKind kind) : AppTest
{
    private TestDatabase? _database;

    protected DatabaseKind Kind => kind;

    protected override async Task PrepareAsync() => _database = await TestDatabase.NewAsync(kind);

    protected override void Configure(ChatApp.Setup setup) => _database!.Use(setup);

    [OneTimeTearDown]
    public async Task DropDatabaseAsync()
    {
        // The app must end first, and the tear-down of the base class would come too late.
        await StopAppAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>Sends, and reads the whole answer.</summary>
    protected async Task<Reply> SendAsync(
        HttpMethod method, string path, string? json = null, string contentType = "application/json", ChatClient? by = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, contentType);
        // Waits for permission before sending the body: a refusal would close the connection during the upload.
        request.Headers.ExpectContinue = json?.Length > 100_000;
        using var response = await (by ?? User).Http.SendAsync(request, Token);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), response);
    }

    protected Task<Reply> GetAsync(string path, ChatClient? by = null) => SendAsync(HttpMethod.Get, path, by: by);

    /// <summary>Asks, and waits for the whole answer.</summary>
    protected async Task<Talk> TalkAsync(
        string message, string? conversationId = null, string? parentId = null, ChatClient? by = null)
    {
        using var request = ChatClient.Post(new { message, conversationId, parentId });
        await using var stream = await (await (by ?? User).StreamAsync(request, Token)).ToEndAsync();
        return new Talk(stream.ConversationId, stream.Frames[0].Json.GetProperty("parentId").GetString()!, stream.GenerationId);
    }

    internal sealed record Talk(string ConversationId, string MessageId, string AnswerId);

    internal sealed record Reply(int Status, string Body, HttpResponseMessage Response)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;

        /// <summary>The members that a problem names.</summary>
        public IEnumerable<string> Faults =>
            Json.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Select(error => error.Name) : [];
    }
}
