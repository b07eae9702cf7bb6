using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Views.Page;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Views.Page;

internal sealed class MessageViewsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void The_time_to_ask_again_is_counted_from_the_end() =>
        Assert.That(RetryAt(Noon, 30), Is.EqualTo(Noon.AddSeconds(30)));

    [TestCase(int.MaxValue)]
    [TestCase(20)]
    public void Past_the_last_possible_time_there_is_none(int seconds) =>
        Assert.That(RetryAt(DateTimeOffset.MaxValue.AddSeconds(-10), seconds), Is.Null);

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_negative_wait_is_none(int seconds) => Assert.That(RetryAt(DateTimeOffset.MinValue, seconds), Is.Null);

    [Test]
    public void A_continued_answer_is_one_message_with_the_end_of_its_last_part()
    {
        var view = MessageViews.Of(
            [Part("a", "cut in the mid", tokens: 5), Part("b", "", tokens: null), Part("c", "dle", tokens: 4)],
            part => [part.Id], name => $"The {name}", part => part.Id == "b" ? null : "west");

        Assert.That((view.Id, view.ParentId, view.TextBefore, view.Text), Is.EqualTo(("c", "of c", "cut in the mid", "dle")));
        Assert.That(view.Before.Select(part => part.Id), Is.EqualTo(new[] { "a", "b" }));
        Assert.That((view.ReasoningBefore, view.Reasoning), Is.EqualTo((new[] { "Why a", "Why b" }, "Why c")));
        Assert.That((view.OutputTokens, view.Took, view.FirstWord), Is.EqualTo(
            ((long?)null, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(2))), "a part that has no tokens makes the sum unknown");
        Assert.That(
            (view.Thought, view.Model, view.AnsweredBy), Is.EqualTo((TimeSpan.FromSeconds(3), "The gpt", "west")), "each once");

        var known = MessageViews.Of(
            [Part("a", "mid", tokens: 5), Part("b", "dle", tokens: 4)], part => [part.Id], name => name, _ => null);
        Assert.That((known.OutputTokens, known.Speed), Is.EqualTo((9, 9 / 6d)));
    }

    private static Message Part(string id, string text, int? tokens) => new()
    {
        Id = id,
        ConversationId = "c",
        ParentId = $"of {id}",
        OwnerId = "browser:ada",
        Role = MessageRole.Assistant,
        Text = text,
        Reasoning = $"Why {id}",
        Model = "gpt",
        CreatedAt = Noon,
        FirstOutputAt = Noon.AddSeconds(1),
        FirstTextAt = Noon.AddSeconds(2),
        EndedAt = Noon.AddSeconds(4),
        FinishReason = FinishReason.Length,
        InputTokens = tokens,
        OutputTokens = tokens,
    };

    private static DateTimeOffset? RetryAt(DateTimeOffset ended, int seconds) => MessageViews.Of([new Message
    {
        Id = "a",
        ConversationId = "c",
        OwnerId = "browser:ada",
        Role = MessageRole.Assistant,
        Text = "",
        CreatedAt = ended,
        EndedAt = ended,
        RetryAfter = seconds,
    }], _ => ["a"], name => name, _ => null).RetryAt;
}
