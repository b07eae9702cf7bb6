using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>The search index has each text in its current form, and no others.</summary>
internal sealed class SearchIndexTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task The_words_of_a_query_can_be_in_different_messages()
    {
        var start = await TalkAsync("机器学习", "There is a limit to it");
        await TalkAsync("机器", "without");
        await TalkAsync("None", "but a limit");

        Assert.That(await FindAsync("机器 limit"), Is.EqualTo(new[] { start.ConversationId }));
        Assert.That(await FindAsync("limit 机器"), Is.EqualTo(new[] { start.ConversationId }));
    }

    [Test]
    public async Task A_word_in_a_script_without_spaces_is_not_found_across_messages()
    {
        await TalkAsync("机器", "器学");

        Assert.That(await FindAsync("机器学"), Is.Empty);
    }

    [Test]
    public async Task A_question_is_found_while_its_answer_runs_and_the_answer_once_it_has_ended()
    {
        var start = await StartAsync("zebra");
        Assert.That(await FindAsync("zebra"), Has.Count.EqualTo(1));
        await EndAsync(start, "lion");
        Assert.That(await FindAsync("lion"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_conversation_is_found_by_its_current_title()
    {
        var start = await TalkAsync("Hello", "Hello!");
        await Store.Library.EntitleAsync(Ada, start.ConversationId, firstWords: "Hello", "Zebras of Africa");
        Assert.That(await FindAsync("zebras"), Has.Count.EqualTo(1));

        await Store.Library.ChangeAsync(Ada, start.ConversationId, new ConversationChange { Title = "Lions" });

        Assert.That(await FindAsync("zebras"), Is.Empty);
        Assert.That(await FindAsync("lions"), Has.Count.EqualTo(1));
        Assert.That(await FindAsync("hello lions"), Has.Count.EqualTo(1), "title and message together");
    }

    [Test]
    public async Task All_branches_are_searched()
    {
        var start = await TalkAsync("zebra", "!");
        await TalkAsync("lion", "!", parentId: start.ConversationId);

        Assert.That(await FindAsync("zebra"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_search_names_the_newest_message_that_has_the_words()
    {
        var first = await TalkAsync("a zebra", "a zebra and a lion");
        var second = await TalkAsync("a lion", "nothing", first.ConversationId);

        Assert.That(await FoundAsync("zebra"), Is.EqualTo((first.MessageId, "a [zebra] and a lion")));
        Assert.That(await FoundAsync("lion"), Is.EqualTo((second.ParentId, "a [lion]")));
        Assert.That(await FoundAsync("lion zebra"), Is.EqualTo((first.MessageId, "a [zebra] and a [lion]")), "has both");
        Assert.That(await FoundAsync("nothing zebra"), Is.EqualTo((second.MessageId, "[nothing]")), "has the first of them");
        await Store.Library.ChangeAsync(Ada, first.ConversationId, new ConversationChange { Title = "Giraffes" });
        Assert.That(await FoundAsync("giraffe"), Is.Null, "only the title has it");
        Assert.That(await FoundAsync("giraffe lion"), Is.EqualTo((second.ParentId, "a [lion]")));
    }

    [Test]
    public async Task A_word_is_looked_for_in_a_part_of_a_long_text_only()
    {
        var start = await StartAsync("one");
        var (filler, more) = (string.Concat(Enumerable.Repeat("the same words again ", 9_000)), new string('.', 200_000));
        var far = $"{filler}zebra and {more} lion";
        await EndAsync(start, far);

        Assert.That((await FoundAsync("zebra"))!.Value.Excerpt, Does.Contain("again [zebra] and"));
        Assert.That(await FoundAsync("lion"), Is.EqualTo((start.MessageId, far[..far.LastIndexOf(' ', 160)] + "…")));
    }

    [Test]
    public async Task A_deleted_conversation_is_not_found()
    {
        var start = await TalkAsync("zebra", "机器学习");
        await Store.Library.DeleteAsync(Ada, start.ConversationId);

        Assert.That(await FindAsync("zebra"), Is.Empty);
        Assert.That(await FindAsync("机器"), Is.Empty);
    }

    [Test]
    public async Task A_text_too_long_to_index_is_stored_and_found_by_its_beginning()
    {
        // 2 MB of different words in one answer, and of different pairs in another: past what a tsvector holds.
        var words = string.Join(' ', Enumerable.Range(0, 250_000).Select(i => $"word{i}"));
        var pairs = new StringBuilder();
        for (var i = 0; i < 700_000; i++)
            pairs.Append((char)(0x4E00 + (i * 7919L + i / 20_000) % 20_000));
        var (one, two) = (await StartAsync("one"), await StartAsync("two"));

        await EndAsync(one, words);
        await EndAsync(two, pairs.ToString());

        Assert.That(await FindAsync("word17"), Is.EqualTo(new[] { one.ConversationId }));
        Assert.That(await FindAsync(pairs.ToString(0, 5)), Is.EqualTo(new[] { two.ConversationId }));
        Assert.That((await MessageAsync(one.MessageId)).Text, Has.Length.EqualTo(words.Length));
    }

    private async Task<List<string>> FindAsync(string query) =>
        [.. (await Store.Library.ListAsync(Ada, query, null, 100, Token)).Conversations.Select(found => found.Id)];

    private async Task<(string MessageId, string Excerpt)?> FoundAsync(string query) =>
        (await Store.Library.ListAsync(Ada, query, null, 100, Token)).Conversations.Single().Found is { } found
            ? (found.MessageId, string.Concat(found.Excerpt.Select(part => part.Match == true ? $"[{part.Text}]" : part.Text)))
            : null;
}
