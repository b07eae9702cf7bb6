using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class ConversationImportTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task An_exported_conversation_is_imported_unchanged_under_new_ids()
    {
        var exported = await SampleAsync();

        var id = await Store.Library.ImportAsync(Bob, exported);

        var back = (await Store.TreeAsync(Bob, id, Token))!;
        Assert.That(Shape(back), Is.EqualTo(Shape(exported)));
        Assert.That(
            back.Messages.Select(message => message.Id).Intersect(exported.Messages.Select(message => message.Id)), Is.Empty);
        Assert.That(
            (back.Title, back.CreatedAt, back.UpdatedAt), Is.EqualTo((exported.Title, exported.CreatedAt, exported.UpdatedAt)));
        Assert.That(
            back.Messages.ToList().FindIndex(message => message.Id == back.LeafId),
            Is.EqualTo(exported.Messages.ToList().FindIndex(message => message.Id == exported.LeafId)));
    }

    [Test]
    public async Task An_imported_conversation_can_be_searched_and_continued()
    {
        var id = await Store.Library.ImportAsync(Ada, Trees.Greeting);

        Assert.That(
            (await Store.Library.ListAsync(Ada, "greeting", null, 10, Token)).Conversations.Select(c => c.Id),
            Is.EqualTo(new[] { id }), "found by its title");
        Assert.That(
            (await Store.Library.ListAsync(Ada, "to you", null, 10, Token)).Conversations, Has.Count.EqualTo(1),
            "and by its messages");
        var next = await StartAsync("And now?", id);
        Assert.That((await Store.Contexts.BuildAsync(Ada, next.ParentId, 1000, Token)).Turns.Select(turn => turn.Text),
            Is.EqualTo(new[] { "Hello", "Hello to you", "And now?" }));
    }

    [Test]
    public async Task An_answer_exported_while_running_is_imported_as_interrupted()
    {
        var running = Trees.Reply("a", "q", "Half") with { State = AnswerState.Running, FinishReason = null };

        var id = await Store.Library.ImportAsync(Ada, Trees.Of("Title", Trees.Ask("q", null, "Hello"), running));

        var answer = (await Store.TreeAsync(Ada, id, Token))!.Messages[1];
        Assert.That(
            (answer.Text, answer.State, answer.FinishReason),
            Is.EqualTo(("Half", (AnswerState?)AnswerState.Ended, (FinishReason?)FinishReason.Interrupted)));
    }

    [Test]
    public async Task Messages_count_as_what_they_are()
    {
        var text = string.Concat(Enumerable.Repeat("many words ", 100));
        var id = await Store.Library.ImportAsync(Ada, Trees.Of(
            "Title", Trees.Ask("q", null, text),
            Trees.Reply("failed", "q", text) with { FinishReason = FinishReason.Failed },
            Trees.Reply("filtered", "q", text) with { FinishReason = FinishReason.Filtered },
            Trees.Reply("running", "q", text) with { State = AnswerState.Running, FinishReason = null },
            Trees.Reply("completed", "q", text)));

        foreach (var node in (await Store.TreeAsync(Ada, id, Token))!.Messages)
            Assert.That((await MessageAsync(node.Id)).Tokens, Is.EqualTo(TestStore.Tokens.Count(text)), $"{node.FinishReason}");
    }

    private static IEnumerable<TestCaseData> MembersOfAnswers()
    {
        static TestCaseData Case(string member, Func<MessageNode, MessageNode> change) =>
            new TestCaseData(member, change).SetArgDisplayNames(member);

        yield return Case("finishReason", node => node with { FinishReason = FinishReason.Failed });
        yield return Case("failure", node => node with { Failure = new FailurePayload(FailureCode.Internal, "") });
        yield return Case("usage", node => node with { Usage = new UsagePayload(1, 1, null) });
        yield return Case("model", node => node with { Model = "gpt-4o" });
        yield return Case("reasoning", node => node with { Reasoning = "Hm" });
    }

    [TestCaseSource(nameof(MembersOfAnswers))]
    public void A_member_of_answers_is_refused_on_a_users_message(string member, Func<MessageNode, MessageNode> change)
    {
        var tree = Trees.Of("Title", change(Trees.Ask("q", null, "Hello")));

        var refusal = Assert.ThrowsAsync<RefusedException>(() => Store.Library.ImportAsync(Ada, tree))!.Refusal;

        Assert.That((refusal.Status, refusal.Field), Is.EqualTo((400, $"messages[0].{member}")));
    }

    [Test]
    public async Task Deep_and_wide_conversations_are_imported()
    {
        var deep = Enumerable.Range(0, 2000).Select(i => i % 2 == 0
            ? Trees.Ask($"{i}", i == 0 ? null : $"{i - 1}", $"Question {i}")
            : Trees.Reply($"{i}", $"{i - 1}", $"Answer {i}")).ToArray();
        var wide = Enumerable.Range(0, 500).Select(i => Trees.Ask($"{i}", null, $"Version {i}")).ToArray();

        var deepId = await Store.Library.ImportAsync(Ada, Trees.Of("Deep", deep));
        var wideId = await Store.Library.ImportAsync(Ada, Trees.Of("Wide", wide));

        Assert.That((await Store.Library.FindShownAsync(Ada, deepId, Token))!.Path, Has.Count.EqualTo(2000));
        Assert.That((await Store.TreeAsync(Ada, wideId, Token))!.Messages, Has.Count.EqualTo(500));
        Assert.That(
            (await Store.Library.ListAsync(Ada, "1999", null, 10, Token)).Conversations.Select(c => c.Id),
            Is.EqualTo(new[] { deepId }));
    }

    [TestCase("e", "\u0301")]
    [TestCase("", "👩‍👩‍👧")]
    public async Task A_conversation_with_a_title_of_long_characters_comes_back(string first, string more)
    {
        var start = await TalkAsync(first + string.Concat(Enumerable.Repeat(more, 10_000)), "!");

        var id = await Store.Library.ImportAsync(Bob, (await Store.TreeAsync(Ada, start.ConversationId, Token))!);

        Assert.That((await Store.TreeAsync(Bob, id, Token))!.Title, Is.EqualTo(start.Title));
    }

    private async Task<ConversationTree> SampleAsync()
    {
        var first = await StartAsync("Where is Überlingen? 你好");
        await Store.Ends.EndAsync(
            Ada, new(first.MessageId, "By the lake", "Let me think", FinishReason.Length, null, new UsagePayload(10, 20, 3), 9));
        Store.Time.Advance(TimeSpan.FromMilliseconds(1));
        var more = await StartAsync(null, parentId: first.MessageId);
        await Store.Ends.EndAsync(
            Ada,
            new(
                more.MessageId, " of Constance", null, FinishReason.Failed,
                new FailurePayload(FailureCode.RateLimited, "Wait.", 3), null, 4)
            { Deployment = "west", AnsweredModel = "gpt-4o-2024-11-20" });
        Store.Time.Advance(TimeSpan.FromMilliseconds(1));
        await TalkAsync("Where?", "There", parentId: first.ConversationId);
        await Store.Library.ChangeAsync(Ada, first.ConversationId, new ConversationChange { LeafId = first.MessageId });
        return (await Store.TreeAsync(Ada, first.ConversationId, Token))!;
    }

    // Ids by their places.
    private static IEnumerable<MessageNode> Shape(ConversationTree tree)
    {
        var places = tree.Messages.Select((message, i) => (message.Id, Place: $"{i}")).ToDictionary(at => at.Id, at => at.Place);
        return tree.Messages.Select(message =>
            message with { Id = places[message.Id], ParentId = message.ParentId is { } parent ? places[parent] : null });
    }
}
