using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class ConversationPagingTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task The_list_is_ordered_by_the_newest_message()
    {
        var (a, b, c) = (await TalkAsync("A", "a"), await TalkAsync("B", "b"), await TalkAsync("C", "c"));
        await TalkAsync("Again", "!", a.ConversationId);

        var page = await Store.Library.ListAsync(Ada, null, null, 10, Token);

        Assert.That(
            page.Conversations.Select(found => found.Id),
            Is.EqualTo(new[] { a.ConversationId, c.ConversationId, b.ConversationId }));
        Assert.That(page.Next, Is.Null);
        Assert.That((await Store.Library.ListAsync(Bob, null, null, 10, Token)).Conversations, Is.Empty);
    }

    [Test]
    public async Task The_list_marks_conversations_with_a_running_answer()
    {
        var (ended, running) = (await TalkAsync("A", "a"), await StartAsync("B"));

        var found = (await Store.Library.ListAsync(Ada, null, null, 10, Token))
            .Conversations.ToDictionary(c => c.Id, c => c.Running);

        Assert.That((found[ended.ConversationId], found[running.ConversationId]), Is.EqualTo((false, true)));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(7)]
    public async Task Pages_of_equal_times_have_no_gap_and_no_repeat(int size)
    {
        // All have the same time and random ids, so only an order by both keeps the pages apart.
        for (var i = 0; i < 14; i++)
            await StartAsync($"Message {i}");

        var all = (await Store.Library.ListAsync(Ada, null, null, 100, Token)).Conversations.Select(c => c.Id).ToList();

        Assert.That(all, Has.Count.EqualTo(14));
        Assert.That(await PagesAsync(size), Is.EqualTo(all));
    }

    [Test]
    public async Task A_new_conversation_does_not_move_the_following_pages()
    {
        for (var i = 0; i < 12; i++)
            await TalkAsync($"Message {i}", "!");
        var before = (await Store.Library.ListAsync(Ada, null, null, 100, Token)).Conversations.Select(c => c.Id).ToList();

        var paged = await PagesAsync(5, meanwhile: () => TalkAsync("New", "!"));

        Assert.That(paged, Is.EqualTo(before));
    }

    [Test]
    public async Task A_search_is_paged_like_the_list()
    {
        for (var i = 0; i < 10; i++)
            await StartAsync(i % 2 == 0 ? "zebra" : "lion");

        Assert.That(await PagesAsync(2, "zebra"), Has.Count.EqualTo(5).And.Unique);
    }

    private async Task<List<string>> PagesAsync(int size, string? query = null, Func<Task>? meanwhile = null)
    {
        var ids = new List<string>();
        string? before = null;
        do
        {
            var page = await Store.Library.ListAsync(Ada, query, before, size, Token);
            Assert.That(page.Conversations, Has.Count.LessThanOrEqualTo(size).And.Not.Empty);
            ids.AddRange(page.Conversations.Select(c => c.Id));
            before = page.Next;
            if (meanwhile is not null)
                await meanwhile();
        }
        while (before is not null);
        return ids;
    }
}
