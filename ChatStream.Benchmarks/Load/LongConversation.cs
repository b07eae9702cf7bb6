using System.Globalization;
using ChatStream.Web.Contract;

namespace ChatStream.Benchmarks.Load;

/// <summary>Makes a conversation of short messages without branches, in the format of an export.</summary>
internal static class LongConversation
{
    public static ConversationTree Of(int messages)
    {
        var at = DateTimeOffset.UnixEpoch.AddYears(56);
        var nodes = Enumerable.Range(0, messages).Select(i => new MessageNode
        {
            Id = IdOf(i),
            ParentId = i == 0 ? null : IdOf(i - 1),
            Role = i % 2 == 0 ? MessageRole.User : MessageRole.Assistant,
            Text = $"Message {i}: a few words about nothing much, of the length that people write when they chat.",
            CreatedAt = at.AddSeconds(i),
            Model = i % 2 == 0 ? null : "load",
            State = i % 2 == 0 ? null : AnswerState.Ended,
            FinishReason = i % 2 == 0 ? null : FinishReason.Completed,
        }).ToList();
        return new ConversationTree
        {
            Id = "imported",
            Title = $"{messages} messages",
            LeafId = IdOf(messages - 1),
            CreatedAt = at,
            UpdatedAt = at,
            Messages = nodes,
        };
    }

    private static string IdOf(int number) => number.ToString("D16", CultureInfo.InvariantCulture);
}
