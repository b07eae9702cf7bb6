using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>Checks the calls of tools of an imported answer, and makes their rows.</summary>
internal static class ImportedCalls
{
    /// <summary>Calls of one answer.</summary>
    private const int Most = 1_000;

    /// <exception cref="RefusedException">400, naming the member at fault.</exception>
    public static void Check(MessageNode node, string at)
    {
        if (node.Tools?.Count > Most)
            throw new RefusedException(400, $"{at}.tools", $"An answer has at most {Most} calls of tools.");
        foreach (var (i, call) in (node.Tools ?? []).Index())
        {
            var place = $"{at}.tools[{i}]";
            if (call is null)
                throw new RefusedException(400, place, "A call must be an object.");
            if (call.Name.Length is 0 or > ToolCall.LongestName)
                throw new RefusedException(400, $"{place}.name", $"A name has 1 to {ToolCall.LongestName} characters.");
            if (call.At is < 0 || call.At > node.Text.Length)
                throw new RefusedException(400, $"{place}.at", "The text has no such place.");
            if (call.Round is < 1 or > Most)
                throw new RefusedException(400, $"{place}.round", $"A round is a number from 1 to {Most}.");
        }
    }

    /// <summary>The texts of a call, with the members that they are in.</summary>
    public static IEnumerable<(string Member, string? Text)> TextsOf(ToolPayload call) =>
        [("tools.name", call.Name), ("tools.arguments", call.Arguments), ("tools.result", call.Result)];

    /// <summary>A call as it is stored. It has a new id, and is over.</summary>
    public static ToolCall ToStored(ToolPayload call, int index, string messageId, string conversationId, Owner owner) => new()
    {
        Id = Ids.New(),
        MessageId = messageId,
        ConversationId = conversationId,
        OwnerId = owner.Id,
        Number = index + 1,
        Round = call.Round ?? index + 1,
        At = call.At ?? 0,
        Name = call.Name,
        Arguments = call.Arguments ?? "",
        Result = call.Result ?? "",
        // It was exported while it was open, and here nobody goes on with it.
        State = call.State is ToolState.Asked or ToolState.Running ? ToolState.Failed : call.State,
    };
}
