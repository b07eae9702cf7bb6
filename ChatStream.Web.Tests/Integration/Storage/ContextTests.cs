using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Storage;

internal sealed class ContextTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task The_path_from_the_root_is_sent_and_no_sibling()
    {
        var first = await TalkAsync("One", "1");
        await TalkAsync("Zwei", "2?", first.ConversationId);
        var edit = await StartAsync("Two", parentId: first.MessageId);

        Assert.That(await TurnsAsync(edit.ParentId), Is.EqualTo(new[] { "User: One", "Assistant: 1", "User: Two" }));
    }

    [Test]
    public async Task Answers_that_were_continued_are_one_turn_and_the_last_asks_to_go_on()
    {
        var first = await StartAsync("Count");
        await EndAsync(first, "1 2 ", FinishReason.Length);
        var second = await StartAsync(null, parentId: first.MessageId);
        await EndAsync(second, "3 4 ", FinishReason.Interrupted);
        var third = await StartAsync(null, parentId: second.MessageId);

        var context = await Store.Contexts.BuildAsync(Ada, third.ParentId, 1000, Token);

        Assert.That(context.IsContinuation);
        Assert.That(context.Turns, Is.EqualTo(new[] { new ContextTurn(MessageRole.User, "Count"), new ContextTurn(MessageRole.Assistant, "1 2 3 4 ") }));
    }

    [TestCase(FinishReason.Completed, true)]
    [TestCase(FinishReason.Length, true)]
    [TestCase(FinishReason.Stopped, true)]
    [TestCase(FinishReason.Interrupted, true)]
    [TestCase(FinishReason.Failed, false)]
    [TestCase(FinishReason.Filtered, false)]
    public async Task An_answer_counts_by_how_it_ended(FinishReason reason, bool counts)
    {
        var first = await StartAsync("One");
        await EndAsync(first, "1", reason);
        var second = await StartAsync("Two", first.ConversationId);

        Assert.That(await TurnsAsync(second.ParentId), counts
            ? Is.EqualTo(new[] { "User: One", "Assistant: 1", "User: Two" })
            : Is.EqualTo(new[] { "User: One", "User: Two" }));
    }

    [Test]
    public async Task The_newest_that_fit_the_budget_are_sent_and_the_first_of_them_is_a_message()
    {
        var at = await TalkAsync("One", "1");
        for (var i = 0; i < 30; i++)
            at = await TalkAsync("Next", "Fine", at.ConversationId);
        var (question, answer) = (TestStore.Tokens.Count("Next"), TestStore.Tokens.Count("Fine"));

        // Room for the last question, two whole rounds before it, and the answer of a third.
        var context = await Store.Contexts.BuildAsync(Ada, at.ParentId, question + 2 * (question + answer) + answer, Token);

        Assert.That(context.Turns.Select(turn => turn.Text), Is.EqualTo(new[] { "Next", "Fine", "Next", "Fine", "Next" }));
    }

    [Test]
    public async Task The_answered_message_is_sent_whatever_it_costs()
    {
        var start = await StartAsync(string.Join(' ', Enumerable.Repeat("word", 500)));

        Assert.That((await Store.Contexts.BuildAsync(Ada, start.ParentId, 1, Token)).Turns, Has.Count.EqualTo(1));
    }

    private async Task<IEnumerable<string>> TurnsAsync(string messageId) =>
        (await Store.Contexts.BuildAsync(Ada, messageId, 100_000, Token)).Turns.Select(turn => $"{turn.Role}: {turn.Text}");
}
