using ChatStream.Web.Contract;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Asks the model for a conversation's title once its first answer has ended. It delays no answer. If it fails, the title stays
/// the first words of the message.
/// </summary>
internal sealed partial class ModelTitles(
    IChatClient client, ConversationLibrary library, IOptions<ConversationOptions> options, TimeProvider time,
        ILogger<ModelTitles> logger)
{
    private const string Ask =
        "Give this conversation a title of at most six words, in its own language. "
        + "Answer with the title only: no quotation marks, no full stop.";

    private const int LongestTitle = 80;
    private const int MostTextSent = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Asks for a title and returns at once. Conversations of programs keep their first words, because no page shows them.
    /// </summary>
    /// <param name="owner">The conversation's owner.</param>
    /// <param name="start">The start of the answer that has ended.</param>
    /// <param name="answer">The answer's text.</param>
    public void Give(Owner owner, StartPayload start, string answer)
    {
        if (options.Value.ModelTitles && owner.IsBrowser)
            _ = GiveAsync(owner, start, answer);
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
            // The exception itself is not logged: its message may quote what was sent.
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
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "The model gave no title ({Fault}). The conversation keeps its first words.")]
        public static partial void NoTitle(ILogger logger, string fault);
    }
}
