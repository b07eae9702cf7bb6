using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;

namespace ChatStream.Web.Tests.Infrastructure;

internal static class Imports
{
    /// <summary>The body that an export of the tree is.</summary>
    public static MemoryStream Body(ConversationTree tree) =>
        new(JsonSerializer.SerializeToUtf8Bytes(tree, WireJson.Wire.ConversationTree));

    /// <returns>The new conversation's id.</returns>
    public static async Task<string> ImportAsync(this ConversationLibrary library, Owner owner, ConversationTree tree) =>
        (await library.ImportAsync(owner, Body(tree), CancellationToken.None)).Conversations[0].Id;
}
