using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Views.Page;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Views;

internal sealed class MessageViewTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void An_answer_tells_its_times()
    {
        var view = MessageViews.Of(Answer(firstOutput: 1, firstText: 4, end: 11, reasoning: "Hm."), []);

        Assert.That((view.FirstWord, view.Thought, view.Took), Is.EqualTo((Seconds(4), Seconds(3), Seconds(11))));
        Assert.That(view.Speed, Is.EqualTo(20));
    }

    [Test]
    public void What_is_not_known_is_not_told()
    {
        var early = MessageViews.Of(Answer(firstOutput: null, firstText: null, end: 11, reasoning: null), []);
        Assert.That((early.FirstWord, early.Thought, early.Speed), Is.EqualTo(((TimeSpan?)null, (TimeSpan?)null, (double?)null)));

        var quick = MessageViews.Of(Answer(firstOutput: 1, firstText: 1, end: 1.1, reasoning: null), []);
        Assert.That((quick.FirstWord, quick.Thought, quick.Speed), Is.EqualTo((Seconds(1), (TimeSpan?)null, (double?)null)), "a speed over no time is none");
        Assert.That(MessageViews.Of(Answer(firstOutput: null, firstText: null, end: 0, reasoning: null), []).Took, Is.Null);
    }

    private static TimeSpan? Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Message Answer(double? firstOutput, double? firstText, double end, string? reasoning) => new()
    {
        Id = "aaaaaaaaaaaaaaaa",
        ConversationId = "cccccccccccccccc",
        OwnerId = "me",
        Role = MessageRole.Assistant,
        Text = "Hello",
        Reasoning = reasoning,
        CreatedAt = Start,
        FirstOutputAt = Start + (firstOutput is { } output ? TimeSpan.FromSeconds(output) : null),
        FirstTextAt = Start + (firstText is { } text ? TimeSpan.FromSeconds(text) : null),
        EndedAt = Start + TimeSpan.FromSeconds(end),
        FinishReason = FinishReason.Completed,
        InputTokens = 10,
        OutputTokens = 200,
    };
}
