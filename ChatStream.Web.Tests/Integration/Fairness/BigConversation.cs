using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>An imported conversation of many messages, each the parent of the next.</summary>
/// <param name="Id">The conversation's.</param>
/// <param name="Messages">The ids of its messages, in order.</param>
internal sealed record BigConversation(string Id, IReadOnlyList<string> Messages)
{
    private static readonly JsonSerializerOptions WithoutNulls =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The body of an import.</summary>
    /// <param name="title">The conversation's.</param>
    /// <param name="messages">How many.</param>
    /// <param name="bytes">About how large the whole body is.</param>
    public static byte[] Body(string title, int messages, int bytes)
    {
        var (random, time) = (new Random(messages), TimeProvider.System.GetUtcNow());
        var words = Math.Max(3, ((bytes / messages) - 150) / 9);
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                id = Id(0),
                title,
                leafId = Id(messages - 1),
                createdAt = time,
                updatedAt = time,
                messages = Enumerable.Range(0, messages).Select(n => new
                {
                    id = Id(n),
                    parentId = n == 0 ? null : Id(n - 1),
                    role = n % 2 == 0 ? "user" : "assistant",
                    text = string.Join(' ', Enumerable.Range(0, words).Select(_ => $"w{random.Next(10_000_000):d7}")),
                    createdAt = time,
                    finishReason = n % 2 == 0 ? null : "completed",
                }),
            },
            WithoutNulls);

        static string Id(int number) => number.ToString("d16", CultureInfo.InvariantCulture);
    }

    public static async Task<HttpStatusCode> PostAsync(ChatClient user, byte[] body, CancellationToken timeout)
    {
        using var response = await SendAsync(user, body, timeout);
        return response.StatusCode;
    }

    public static async Task<BigConversation> ImportAsync(ChatClient user, byte[] body, CancellationToken timeout)
    {
        var (status, imported) = await TryImportAsync(user, body, timeout);
        return imported ?? throw new InvalidOperationException($"The import was refused: {(int)status}.");
    }

    /// <summary>Imports; there is no conversation if it was refused.</summary>
    public static async Task<(HttpStatusCode Status, BigConversation? Imported)> TryImportAsync(
        ChatClient user, byte[] body, CancellationToken timeout)
    {
        using var response = await SendAsync(user, body, timeout);
        var text = await response.Content.ReadAsStringAsync(timeout);
        if (response.StatusCode != HttpStatusCode.Created)
            return (response.StatusCode, null);
        using var tree = JsonDocument.Parse(text);
        return (response.StatusCode, new BigConversation(
            tree.RootElement.GetProperty("id").GetString()!,
            [.. tree.RootElement.GetProperty("messages").EnumerateArray().Select(node => node.GetProperty("id").GetString()!)]));
    }

    private static Task<HttpResponseMessage> SendAsync(ChatClient user, byte[] body, CancellationToken timeout)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return user.Http.PostAsync("/conversations/import", content, timeout);
    }
}
