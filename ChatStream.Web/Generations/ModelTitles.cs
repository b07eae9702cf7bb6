using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Generations;

/// <summary>
/// Asks the model for a conversation's title, once its first answer has ended. It happens behind the answer: it delays none, and
/// where it fails, the first words stay.
/// </summary>
internal sealed partial class ModelTitles(
    IChatClient client, ModelCatalog catalog, ConversationLibrary library, IOptions<ConversationOptions> options, TimeProvider time,
    ILogger<ModelTitles> logger)
{
    private const string Ask =
        "Give this conversation a title of at most six words, in its own language. Answer with the title only: no quotation marks, no full stop.";

    private const int LongestTitle = 80;
    private const int MostTextSent = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns at once. Programs get no title: nobody reads it.</summary>
    public void Give(Generation generation)
    {
        if (options.Value.ModelTitles && generation.Owner.IsBrowser && !catalog.IsDemo)
            _ = GiveAsync(generation.Owner, generation.Start, generation.ToAnswer().Text);
    }

    private async Task GiveAsync(Owner owner, StartPayload start, string answer)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            if (!await library.HasFirstWordsAsync(owner, start.ConversationId, patience.Token))
                return;
            List<ChatMessage> messages =
            [
                new(ChatRole.User, start.Title),
                new(ChatRole.Assistant, answer[..Math.Min(answer.Length, MostTextSent)]),
                new(ChatRole.User, Ask),
            ];
            var response = await client.GetResponseAsync(messages, new ChatOptions { ModelId = start.Model }, patience.Token);
            if (Tidy(response.Text) is { Length: > 0 } title)
                await library.EntitleAsync(owner, start.ConversationId, title);
        }
        catch (Exception fault)
        {
            // Not the exception: its message may quote what was sent.
            var kind = fault.GetType().Name;
            Log.NoTitle(logger, kind);
        }
    }

    private static string Tidy(string text)
    {
        var line = Titles.FirstWords(text.Replace('\0', ' ').Trim().Trim('"', '“', '”', '«', '»', '.', '#', '*', ' '));
        return line.Length <= LongestTitle ? line : "";
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "A conversation keeps its first words for a title ({Fault}).")]
        public static partial void NoTitle(ILogger logger, string fault);
    }
}
