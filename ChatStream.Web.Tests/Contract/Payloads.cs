using ChatStream.Web.Contract;

namespace ChatStream.Web.Tests.Contract;

/// <summary>Payloads of one answer, for tests of their JSON.</summary>
internal static class Payloads
{
    public static StartPayload Start { get; } = new(
        "gggggggggggggggg", "cccccccccccccccc", "gggggggggggggggg", "uuuuuuuuuuuuuuuu", "gpt-4o", "Say hello");

    public static Answer Answer { get; } = new()
    {
        GenerationId = Start.GenerationId,
        ConversationId = Start.ConversationId,
        MessageId = Start.MessageId,
        Model = Start.Model,
        State = AnswerState.Running,
        Text = "Hel",
    };
}
