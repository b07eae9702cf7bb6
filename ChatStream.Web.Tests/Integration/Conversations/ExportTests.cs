using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Conversations;

internal sealed class ExportTests(DatabaseKind kind) : ConversationsTest(kind)
{
    [Test]
    public async Task A_markdown_export_has_the_shown_path_and_joins_continued_answers()
    {
        Answers("Count", Script.Start().Text("1, 2,").Finish("length").Done());
        Answers("Other", Script.Answer("never shown"));
        var first = await TalkAsync("Count");
        await TalkAsync("Other", parentId: first.ConversationId);
        var answer = await SendAsync(HttpMethod.Post, "/chat/stream", $$"""{"parentId":"{{first.AnswerId}}"}""");
        Assert.That(answer.Status, Is.EqualTo(200));
        await TalkAsync("Thanks\n\n- a", conversationId: first.ConversationId);

        var tree = (await GetAsync($"/conversations/{first.ConversationId}")).Json.GetProperty("messages").EnumerateArray();
        var more =
            tree.Single(message => message.TryGetProperty("parentId", out var parent) && parent.GetString() == first.AnswerId)
            .GetProperty("text").GetString();
        var export = await GetAsync($"/conversations/{first.ConversationId}/export?format=md");

        Assert.That(
            WireText.WithoutTimes(export.Body),
            Is.EqualTo(
                $"# Count\n\n## You\n\n*T*\n\nCount\n\n## gpt-4o\n\n*T, took S*\n\n1, 2,{more}\n\n"
                + "## You\n\n*T*\n\nThanks\n\n- a\n\n## gpt-4o\n\n*T, took S*\n\nThanks\n\n- a\n"));
        Assert.That(export.Response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/markdown; charset=utf-8"));
        Assert.That(
            await User.Http.GetStringAsync($"/conversations/{first.ConversationId}/export", Token), Is.EqualTo(export.Body),
            "Markdown is the default");
    }

    /// <summary>An answer that was cut off in a block of code leaves it open. What follows is no code.</summary>
    [TestCase("Look:\n```js\nlet a;", "let a;\n```\n")]
    [TestCase("~~~~\n~~~\n```", "```\n~~~~\n")]
    [TestCase("```\na\n``` b", "``` b\n```\n")]
    [TestCase("```\na\n```` ", "```` \n")]
    [TestCase("``` a`b\nc", "c\n")]
    [TestCase("    ```\nc", "c\n")]
    [TestCase("``\nc", "c\n")]
    public async Task An_open_block_of_code_ends_with_its_turn(string text, string end)
    {
        Answers("Code", Script.Start().Text(text).Finish("length").Done());
        var first = await TalkAsync("Code");
        await TalkAsync("Thanks", conversationId: first.ConversationId);

        var export = await GetAsync($"/conversations/{first.ConversationId}/export?format=md");

        Assert.That(export.Body, Does.Contain(text));
        Assert.That(WireText.WithoutTimes(export.Body), Does.Contain($"{end}\n## You\n\n*T*\n\nThanks"));
    }

    [Test]
    public async Task A_json_export_is_the_tree()
    {
        var talk = await TalkAsync("One");

        var export = await GetAsync($"/conversations/{talk.ConversationId}/export?format=json");

        Assert.That(export.Body, Is.EqualTo((await GetAsync($"/conversations/{talk.ConversationId}")).Body));
        Assert.That(export.Response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/json; charset=utf-8"));
    }

    [TestCase("Plain", "md", "attachment; filename=Plain.md; filename*=UTF-8''Plain.md")]
    [
        TestCase(
            "机器 / \\\"limit\\\": why?", "json",
            "attachment; filename=\"__ _ _limit__ why_.json\"; filename*=UTF-8''%E6%9C%BA%E5%99%A8%20_%20_limit__%20why_.json")]
    [TestCase("../../etc/passwd", "md", "attachment; filename=_.._etc_passwd.md; filename*=UTF-8''_.._etc_passwd.md")]
    [
        TestCase(
            "a\\r\\nSet-Cookie: x=1", "md",
            "attachment; filename=\"a__Set-Cookie_ x=1.md\"; filename*=UTF-8''a__Set-Cookie_%20x%3D1.md")]
    [TestCase("...", "md", "attachment; filename=conversation.md; filename*=UTF-8''conversation.md")]
    public async Task The_file_is_named_after_the_title(string title, string format, string header)
    {
        var talk = await TalkAsync("One");
        Assert.That(
            (await SendAsync(HttpMethod.Patch, $"/conversations/{talk.ConversationId}", $$"""{"title":"{{title}}"}""")).Status,
            Is.EqualTo(200));

        using var response = await User.Http.GetAsync($"/conversations/{talk.ConversationId}/export?format={format}", Token);

        Assert.That(response.Content.Headers.GetValues("Content-Disposition").Single(), Is.EqualTo(header));
    }

    [Test]
    public async Task An_exported_file_is_imported_as_the_users_own_conversation()
    {
        Answers("One", Script.Start().Reasoning("Hm").Text("1\n\"é\" 🎉").Finish("length").Usage(3, 4, 1).Done());
        var one = await TalkAsync("One");
        await TalkAsync("Two", conversationId: one.ConversationId);
        await TalkAsync("Zwei", parentId: one.AnswerId);
        var export = await GetAsync($"/conversations/{one.ConversationId}/export?format=json");
        using var other = App.NewUser();

        var import = await SendAsync(HttpMethod.Post, "/conversations/import", export.Body, by: other);

        Assert.That(import.Status, Is.EqualTo(201));
        var id = import.Json.GetProperty("id").GetString();
        Assert.That(import.Response.Headers.Location!.ToString(), Is.EqualTo($"/conversations/{id}"));
        Assert.That(WireText.Numbered(import.Body), Is.EqualTo(WireText.Numbered(export.Body)), "the same but for its ids");
        Assert.That(
            import.Json.GetProperty("createdAt").GetString(), Is.EqualTo(export.Json.GetProperty("createdAt").GetString()));
        Assert.That((await GetAsync($"/conversations/{id}", other)).Body, Is.EqualTo(import.Body));
        Assert.That((await GetAsync($"/chat/{id}", other)).Status, Is.EqualTo(200));
        Assert.That((await GetAsync($"/conversations/{id}")).Status, Is.EqualTo(404), "whose export it was does not matter");
    }
}
