using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Summing;

/// <summary>What a model sees of a path.</summary>
/// <param name="Model">The model, by its name.</param>
/// <param name="FirstId">The first message that it sees; null: it sees the whole path, or nothing of it.</param>
/// <param name="CutId">The last message that it sees neither itself nor in the summary; null: there is none.</param>
/// <param name="Summary">Null: there is none, or it does not fit.</param>
/// <param name="Room">Tokens that messages and summary may have together.</param>
internal sealed record ContextEdge(string Model, string? FirstId, string? CutId, SummaryInPlace? Summary, int Room);

/// <summary>Finds where the context of a shown path begins, with the code that trims it.</summary>
internal sealed class ContextEdges(ContextBuilder contexts, Manners manners, ModelCatalog catalog)
{
    /// <param name="owner">The user.</param>
    /// <param name="shown">The conversation, with the path last shown.</param>
    /// <param name="model">The model's name; null, or a name that is not known: the model of the last answer.</param>
    /// <param name="cancellationToken">The request's token.</param>
    public async Task<ContextEdge> FindAsync(
        Owner owner, ShownConversation shown, string? model, CancellationToken cancellationToken)
    {
        var conversation = shown.Conversation;
        var last = shown.Path.LastOrDefault(message => message.Model is not null)?.Model;
        var name = (catalog.Find(model ?? "") ?? catalog.Find(last ?? "") ?? catalog.Default).Name;
        var room = manners.For(
            name, conversation.Manner with { Folder = shown.Folder }, conversation.SystemPromptTokens).Room;
        var whole = new ContextEdge(name, FirstId: null, CutId: null, Summary: null, room);
        // Of what is not sent to models nothing follows, and what runs has no length yet.
        var end = shown.Path.LastOrDefault(IsSent);
        if (end is null || (shown.Summaries.Count == 0 && shown.Path.Sum(message => (long)message.Tokens) <= room))
            return whole;

        var summary = shown.Summaries.Count == 0 ? null : await contexts.FindSummaryAsync(owner, end.Id, cancellationToken);
        summary = summary?.FitsInto(room) == true ? summary : null;
        var first = await contexts.FirstAsync(owner, end.Id, room, summary, cancellationToken);
        var before = shown.Path.FirstOrDefault(message => message.Id == first)?.ParentId;
        return before is null ? whole with { Summary = summary }
            : whole with { FirstId = first, CutId = before == summary?.MessageId ? null : before, Summary = summary };
    }

    private static bool IsSent(Message message) => message.Role == MessageRole.User
        || ((message.Text.Length > 0 || message.ToolTokens > 0) && message.FinishReason is { } reason
            && Message.IsSentToModels(reason, message.ToolTokens));
}
