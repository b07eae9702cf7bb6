using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Limits;
using ChatStream.Web.Providers;
using ChatStream.Web.Usage;
using ChatStream.Web.Usage.Budgets;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Titling;

/// <summary>
/// Asks the model for a conversation's title once its first answer has ended. It delays no answer, and asks once for each
/// conversation. If the model fails or gives no usable title, the title stays the first words of the message. What it used is
/// counted for the user.
/// </summary>
internal sealed partial class ModelTitles(
    IChatClient client, ConversationLibrary library, StartLimits limits, UserBudgets budgets, UsageMeter meter, OtherUse used,
    IOptions<ConversationOptions> options, TimeProvider time, ILogger<ModelTitles> logger)
{
    private const string Ask =
        "Give this conversation a title of at most six words, in its own language. "
        + "Answer with the title only: no quotation marks, no full stop.";

    private const int LongestTitle = 80;

    /// <summary>Tokens that the model may write: a title has about ten. A reasoning model's thoughts count, too.</summary>
    private const int MostOutput = 256;

    private const int MostTextSent = 2_000;
    private static readonly (string Opening, string Closing)[] ThoughtTags =
        [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("[THINK]", "[/THINK]")];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Asks for a title and returns at once. Only the page's conversations get one: no page shows those of programs. The call
    /// counts in the limits like an answer. If it has no place there, or a budget is used up, the next answer asks.
    /// </summary>
    /// <param name="caller">The sender of the start.</param>
    /// <param name="start">The start of the answer that has ended.</param>
    /// <param name="answer">The answer's text.</param>
    public void Give(Caller caller, StartPayload start, string answer)
    {
        if (options.Value.ModelTitles && caller is { IsPage: true, Owner.IsProgram: false })
            _ = GiveAsync(caller, start, answer);
    }

    private async Task GiveAsync(Caller caller, StartPayload start, string answer)
    {
        var owner = caller.Owner;
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            if (!await library.HasFirstWordsAsync(owner, start.ConversationId, patience.Token))
                return;
            if (await budgets.IsUsedUpAsync(caller, patience.Token))
                return;
            await using var place = await limits.TryTakeSpareAsync(caller);
            if (place is null || !await library.ClaimTitleAsync(owner, start.ConversationId))
                return;
            List<ChatMessage> messages =
            [
                new(ChatRole.User, start.Title),
                new(ChatRole.Assistant, answer[..Math.Min(answer.Length, MostTextSent)]),
                new(ChatRole.User, Ask),
            ];
            if (Tidy(await AskAsync(owner, start.Model, messages, patience.Token)) is { Length: > 0 } title)
                await library.EntitleAsync(owner, start.ConversationId, firstWords: start.Title, title);
        }
        catch (Exception fault)
        {
            // The exception itself is not logged: its message may quote what was sent.
            var kind = fault.GetType().Name;
            Log.NoTitle(logger, kind);
        }
    }

    private async Task<string> AskAsync(
        Owner owner, string model, List<ChatMessage> messages, CancellationToken cancellationToken)
    {
        ChatResponse response;
        try
        {
            var asked = new ChatOptions { ModelId = model, MaxOutputTokens = MostOutput };
            response = await client.GetResponseAsync(messages, asked, cancellationToken);
        }
        catch (Exception fault) when (IsWorkedOn(fault))
        {
            await used.AddAsync(owner, model, meter.Of(messages, answer: null, model), isAnswer: false);
            throw;
        }
        await used.AddAsync(owner, model, meter.Of(messages, response, model), isAnswer: false);
        // What the limit cut off is an answer that begins at length, or reasoning without its end.
        return response.FinishReason == ChatFinishReason.Length ? "" : response.Text;
    }

    // As for an answer of which nothing came: whether its service has read the request all the same.
    private static bool IsWorkedOn(Exception fault) => fault is OperationCanceledException or ModelException
    {
        Code: FailureCode.ModelTimeout or FailureCode.ContextLengthExceeded or FailureCode.ContentFilter,
    };

    private static string Tidy(string text)
    {
        var line = Titles.FirstWords(
            WithoutThoughts(text).Replace('\0', ' ').Trim().Trim('"', '“', '”', '«', '»', '.', '#', '*', ' '));
        return line.Length <= LongestTitle ? line : "";
    }

    // Some servers leave the reasoning in the text, between tags of which the first may be missing, or the last.
    private static string WithoutThoughts(string text)
    {
        foreach (var (opening, closing) in ThoughtTags)
        {
            while (IndexOf(text, opening, 0) is >= 0 and var start)
            {
                var end = IndexOf(text, closing, start);
                text = text.Remove(start, end < 0 ? text.Length - start : end + closing.Length - start);
            }
            if (text.LastIndexOf(closing, StringComparison.OrdinalIgnoreCase) is >= 0 and var last)
                text = text[(last + closing.Length)..];
        }
        return text;
    }

    private static int IndexOf(string text, string tag, int from) => text.IndexOf(tag, from, StringComparison.OrdinalIgnoreCase);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "The model gave no title ({Fault}). The conversation keeps its first words.")]
        public static partial void NoTitle(ILogger logger, string fault);
    }
}
