using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

/// <summary>The exact JSON of each route.</summary>
internal sealed class RoutesTests(DatabaseKind kind) : ConversationsTest(kind)
{
    [Test]
    public async Task A_new_user_has_no_conversations()
    {
        var reply = await GetAsync("/conversations");

        Assert.That((reply.Status, reply.Body), Is.EqualTo((200, """{"conversations":[]}""")));
        Assert.That(reply.Response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/json; charset=utf-8"));
        Assert.That(reply.Response.Headers.CacheControl!.NoStore);
    }

    [Test]
    public async Task The_list_has_summaries_and_the_cursor_of_the_next_page()
    {
        await TalkAsync("One");
        var two = await TalkAsync("Zwei ☕ \"2\"");

        var first = await GetAsync("/conversations?limit=1");

        Assert.That(WireText.Numbered(first.Body), Does.Match(
            """^\{"conversations":\[\{"id":"#1","title":"Zwei ☕ \\"2\\"","leafId":"#2","createdAt":"T","updatedAt":"T","running":false\}\],"next":"\d{13}\.[\w-]{16}"\}$"""));
        Assert.That(first.Json.GetProperty("conversations")[0].GetProperty("id").GetString(), Is.EqualTo(two.ConversationId));
        Assert.That(first.Json.GetProperty("conversations")[0].GetProperty("leafId").GetString(), Is.EqualTo(two.AnswerId));

        var second = await GetAsync($"/conversations?limit=1&before={first.Json.GetProperty("next").GetString()}");
        Assert.That(WireText.Numbered(second.Body), Is.EqualTo(
            """{"conversations":[{"id":"#1","title":"One","leafId":"#2","createdAt":"T","updatedAt":"T","running":false}]}"""));
    }

    [Test]
    public async Task A_running_answer_is_listed_as_running_and_has_its_text_so_far()
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Text("so ").Text("far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("far");

        var list = await GetAsync("/conversations");
        var tree = await GetAsync($"/conversations/{stream.ConversationId}");
        var markdown = await GetAsync($"/conversations/{stream.ConversationId}/export");

        Assert.That(WireText.Numbered(list.Body), Is.EqualTo(
            """{"conversations":[{"id":"#1","title":"Hi","leafId":"#2","createdAt":"T","updatedAt":"T","running":true}]}"""));
        Assert.That(WireText.Numbered(tree.Body), Is.EqualTo(
            """{"id":"#1","title":"Hi","leafId":"#2","createdAt":"T","updatedAt":"T","messages":[{"id":"#3","role":"user","text":"Hi","createdAt":"T"},"""
            + """{"id":"#2","parentId":"#3","role":"assistant","text":"so far","reasoning":"Hm","createdAt":"T","model":"gpt-4o","state":"running"}]}"""));
        Assert.That(
            WireText.WithoutTimes(markdown.Body),
            Is.EqualTo("# Hi\n\n## You\n\n*T*\n\nHi\n\n## gpt-4o\n\n*T*\n\nso far\n"));
        await User.StopAsync(stream.GenerationId);
    }

    [Test]
    public async Task The_tree_has_every_message_and_how_each_answer_ended()
    {
        Answers("One", Script.Start().Reasoning("Hm").Text("1 \"é\"").Finish("length").Usage(3, 4, 1).Done());
        Answers("Two", AzureErrors.RateLimited(TimeSpan.FromSeconds(30)));
        var one = await TalkAsync("One");
        await TalkAsync("Two", parentId: one.AnswerId);

        var tree = await GetAsync($"/conversations/{one.ConversationId}");

        Assert.That(WithoutMessage(WireText.Numbered(tree.Body)), Is.EqualTo(
            """{"id":"#1","title":"One","leafId":"#2","createdAt":"T","updatedAt":"T","messages":[{"id":"#3","role":"user","text":"One","createdAt":"T"},"""
            + """{"id":"#4","parentId":"#3","role":"assistant","text":"1 \"é\"","reasoning":"Hm","createdAt":"T","model":"gpt-4o","deployment":"gpt-4o","answeredModel":"gpt-4o-2024-11-20","state":"ended","finishReason":"length","usage":{"inputTokens":3,"outputTokens":4,"reasoningTokens":1},"endedAt":"T"},"""
            + """{"id":"#5","parentId":"#4","role":"user","text":"Two","createdAt":"T"},"""
            + """{"id":"#2","parentId":"#5","role":"assistant","text":"","createdAt":"T","model":"gpt-4o","state":"ended","finishReason":"failed","failure":{"code":"rate_limited","message":"…","retryAfter":30},"endedAt":"T"}]}"""));
    }

    [Test]
    public async Task A_change_answers_with_the_summary()
    {
        var one = await TalkAsync("One");
        var two = await TalkAsync("Two", parentId: one.ConversationId);

        var renamed = await SendAsync(HttpMethod.Patch, $"/conversations/{one.ConversationId}", """{"title":"Numbers"}""");
        var shown =
            await SendAsync(HttpMethod.Patch, $"/conversations/{one.ConversationId}", $$"""{"leafId":"{{one.MessageId}}"}""");
        var nothing = await SendAsync(HttpMethod.Patch, $"/conversations/{one.ConversationId}", "{}");

        Assert.That(renamed.Status, Is.EqualTo(200));
        Assert.That(
            WireText.Numbered(renamed.Body),
            Is.EqualTo("""{"id":"#1","title":"Numbers","leafId":"#2","createdAt":"T","updatedAt":"T","running":false}"""));
        Assert.That(renamed.Json.GetProperty("leafId").GetString(), Is.EqualTo(two.AnswerId));
        Assert.That(shown.Json.GetProperty("leafId").GetString(), Is.EqualTo(one.AnswerId));
        Assert.That(nothing.Body, Is.EqualTo(shown.Body));
        Assert.That(
            await User.Http.GetStringAsync($"/chat/{one.ConversationId}", Token),
            Does.Contain("Numbers").And.Contain(one.AnswerId).And.Not.Contain(two.AnswerId));
    }

    [Test]
    public async Task A_search_returns_a_list()
    {
        var one = await TalkAsync("机器学习 at 100 % & more");
        await TalkAsync("Two");

        var found = await GetAsync($"/conversations?q={Uri.EscapeDataString("学习 100 &")}");

        Assert.That(
            found.Json.GetProperty("conversations").EnumerateArray().Select(c => c.GetProperty("id").GetString()),
            Is.EqualTo(new[] { one.ConversationId }));
        Assert.That((await GetAsync("/conversations?q=")).Json.GetProperty("conversations").GetArrayLength(), Is.EqualTo(2));
        Assert.That((await GetAsync("/conversations?q=%21")).Body, Is.EqualTo("""{"conversations":[]}"""));
        Assert.That((await GetAsync("/conversations?q=%EF%BF%BE")).Status, Is.EqualTo(200));
        Assert.That((await GetAsync("/conversations?q=%ED%A0%BD%00x")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_deleted_conversation_is_gone_from_every_route()
    {
        var one = await TalkAsync("One");

        var deleted = await SendAsync(HttpMethod.Delete, $"/conversations/{one.ConversationId}");

        Assert.That((deleted.Status, deleted.Body), Is.EqualTo((204, "")));
        Assert.That((await GetAsync($"/conversations/{one.ConversationId}")).Status, Is.EqualTo(404));
        Assert.That((await GetAsync($"/chat/{one.ConversationId}")).Status, Is.EqualTo(404));
        Assert.That((await GetAsync("/conversations")).Body, Is.EqualTo("""{"conversations":[]}"""));
        Assert.That((await SendAsync(HttpMethod.Delete, $"/conversations/{one.ConversationId}")).Status, Is.EqualTo(404));
    }

    // The wording of messages is asserted elsewhere.
    private static string WithoutMessage(string json) => Regex.Replace(json, "\"message\":\"[^\"]*\"", "\"message\":\"…\"");
}
