using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Responses;

/// <summary>
/// The reasoning of an answer, encrypted by its service, which keeps nothing itself. The next request carries it back. Only the
/// deployment that made it can read it, so it is kept with that deployment's key: <c>key [item,item]</c>.
/// </summary>
internal static class EncryptedReasoning
{
    /// <summary>Characters of one answer's. Longer ones are dropped: an item has some thousands.</summary>
    public const int Largest = 256 * 1024;

    /// <summary>What the answer's last update carries.</summary>
    /// <param name="deployment">The <see cref="DeploymentOptions.Key"/> of the deployment that answered.</param>
    /// <param name="items">The items of the output, as JSON.</param>
    /// <returns>Null: there are none, or they are too large.</returns>
    public static TextReasoningContent? ToContent(string deployment, IReadOnlyCollection<string> items)
    {
        var kept = $"{deployment} [{string.Join(',', items)}]";
        return items.Count == 0 || kept.Length > Largest ? null : new TextReasoningContent("") { ProtectedData = kept };
    }

    /// <summary>What a message carries that goes before its text; null: nothing.</summary>
    public static string? Of(ChatMessage message) =>
        message.Contents.OfType<TextReasoningContent>().Select(content => content.ProtectedData)
            .FirstOrDefault(kept => kept is not null);

    /// <summary>Writes the items of a message, if this deployment made them.</summary>
    /// <param name="json">Is in an array.</param>
    /// <param name="kept">From <see cref="Of"/>.</param>
    /// <param name="deployment">The key of the deployment that is asked.</param>
    public static void Write(Utf8JsonWriter json, string kept, string deployment)
    {
        if (!kept.StartsWith($"{deployment} ", StringComparison.Ordinal))
            return;
        using var items = JsonDocument.Parse(kept.AsMemory(deployment.Length + 1));
        foreach (var item in items.RootElement.EnumerateArray())
            item.WriteTo(json);
    }
}
