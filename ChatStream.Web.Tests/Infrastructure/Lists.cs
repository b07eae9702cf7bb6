using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;

namespace ChatStream.Web.Tests.Infrastructure;

internal static class Lists
{
    /// <summary>A page of all conversations, or of a search.</summary>
    public static Task<ConversationPage> ListAsync(
        this ConversationLibrary library, Owner owner, string? query, string? before, int limit, CancellationToken token) =>
        library.ListAsync(owner, new ListQuery(query, before, limit), token);
}
