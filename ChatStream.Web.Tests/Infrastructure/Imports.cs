using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;

namespace ChatStream.Web.Tests.Infrastructure;

internal static class Imports
{
    /// <summary>Imports a tree as the body that its export would be.</summary>
    public static Task<string> ImportAsync(this ConversationLibrary library, Owner owner, ConversationTree tree) =>
        library.ImportAsync(
            owner, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(tree, WireJson.Wire.ConversationTree)),
            CancellationToken.None);
}
