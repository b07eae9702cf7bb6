using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Conversations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Privacy;

/// <summary>A temporary conversation can be gone on with, and stands nowhere.</summary>
internal sealed class TemporaryConversationTests(DatabaseKind kind) : ConversationsTest(kind)
{
    private const string Secret = "zygomorphic";

    [Test]
    public async Task It_stands_in_no_list_search_export_title_or_index_and_can_be_gone_on_with()
    {
        Answers(Secret, Script.Answer($"An answer about {Secret} things"));
        var kept = await TalkAsync("Kept");
        var id = await StartAsync($$"""{"message":"{{Secret}}","temporary":true}""");
        var next = await SendAsync(
            HttpMethod.Post, "/chat/stream", $$"""{"message":"And now?","conversationId":"{{id}}"}""");
        Assert.That(next.Status, Is.EqualTo(200));

        Assert.That(
            (await AskedAsync(2)).Body, Does.Contain($"An answer about {Secret} things"), "the model knows what was said");
        Assert.That(Ids((await GetAsync("/conversations")).Json), Is.EqualTo(new[] { kept.ConversationId }));
        Assert.That(Ids((await GetAsync($"/conversations?q={Secret}")).Json), Is.Empty);
        var tree = (await GetAsync($"/conversations/{id}")).Json;
        Assert.That((tree.GetProperty("title").GetString(), tree.GetProperty("temporary").GetBoolean()), Is.EqualTo(("", true)));
        foreach (var format in new[] { "md", "json" })
        {
            var export = await GetAsync($"/conversations/{id}/export?format={format}");
            Assert.That((export.Status, export.Faults), Is.EqualTo((409, new[] { "id" })));
            Assert.That(export.Response.Content.Headers.ContentDisposition, Is.Null);
        }
        var renamed = await SendAsync(HttpMethod.Patch, $"/conversations/{id}", """{"title":"A name"}""");
        Assert.That((renamed.Status, renamed.Faults), Is.EqualTo((409, new[] { "title" })));
        await using var db = App.Services.GetRequiredService<IChatDatabase>().ReadAs(default);
        var titles = db.Conversations.IgnoreQueryFilters().Where(c => c.Id == id).Select(c => c.Title);
        Assert.That(await titles.SingleAsync(Token), Is.Empty);
        Assert.That(await db.Database.SqlQuery<int>(
            $"""SELECT CAST(COUNT(*) AS integer) AS "Value" FROM "SearchDocuments" WHERE "ConversationId" = {id}""")
            .SingleAsync(Token), Is.Zero);
    }

    [Test]
    public async Task The_page_of_one_has_no_title_of_its_own_no_download_and_no_place_in_the_list()
    {
        var id = await StartAsync($$"""{"message":"{{Secret}}","temporary":true}""");

        var page = await GetAsync($"/chat/{id}");

        Assert.That(page.Body, Does.Match("<title>[^<]*Temporary chat[^<]* · ChatStream</title>"));
        Assert.That(page.Body, Does.Not.Contain($"data-conversation-id=\"{id}\"").And.Not.Contain($"/conversations/{id}/export"));
    }

    [Test]
    public async Task A_kept_conversation_does_not_become_temporary()
    {
        var kept = await TalkAsync("Kept");

        var refused = await SendAsync(
            HttpMethod.Post, "/chat/stream", $$"""{"message":"Now","conversationId":"{{kept.ConversationId}}","temporary":true}""");

        Assert.That((refused.Status, refused.Faults), Is.EqualTo((400, new[] { "temporary" })));
        Assert.That(refused.Json.GetProperty("code").GetString(), Is.EqualTo("not_temporary"));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_form_without_script_can_start_one()
    {
        using var form = new HttpRequestMessage(HttpMethod.Post, "/chat")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["message"] = Secret, ["temporary"] = "on" }),
        };
        using var response = await User.Http.SendAsync(form, Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That((await GetAsync(response.Headers.Location!.OriginalString)).Body, Does.Contain(Secret));
        Assert.That(Ids((await GetAsync("/conversations")).Json), Is.Empty);
    }

    private async Task<string> StartAsync(string json)
    {
        var started = await SendAsync(HttpMethod.Post, "/chat/stream", json);
        Assert.That(started.Status, Is.EqualTo(200), started.Body);
        return started.Body.Split("\"conversationId\":\"")[1][..16];
    }

    private static IEnumerable<string> Ids(JsonElement page) =>
        page.GetProperty("conversations").EnumerateArray().Select(each => each.GetProperty("id").GetString()!);
}
