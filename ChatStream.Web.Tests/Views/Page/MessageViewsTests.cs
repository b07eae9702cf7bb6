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

    private static DateTimeOffset? RetryAt(DateTimeOffset ended, int seconds) => MessageViews.Of(new Message
    {
        Id = "a",
        ConversationId = "c",
        OwnerId = "browser:ada",
        Role = MessageRole.Assistant,
        Text = "",
        CreatedAt = ended,
        EndedAt = ended,
        RetryAfter = seconds,
    }, ["a"]).RetryAt;
}
