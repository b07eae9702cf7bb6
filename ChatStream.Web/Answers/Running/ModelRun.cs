using System.Security.Cryptography;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Background;
using ChatStream.Web.Providers.Failover;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Storage;
using ChatStream.Web.Telemetry;
using ChatStream.Web.Tools;
using ChatStream.Web.Usage.Budgets;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Answers.Running;

/// <summary>Asks the model for one generation's answer and writes what comes into its log, to the end.</summary>
internal sealed partial class ModelRun(
    IChatClient client, ModelCatalog catalog, ContextBuilder contexts, SentFiles files, ToolImages images, Manners manners,
    TokenCounter tokens, ToolRounds rounds, UserBudgets budgets, TimeProvider time, ILogger<ModelRun> logger)
{
    /// <summary>Characters of a service's finish reason in the log.</summary>
    private const int LongestReason = 40;

    /// <summary>No answer uses so many tokens. A service that says so has not counted.</summary>
    private const long MostTokens = 20_000_000;

    /// <summary>What readers are told of a fault that nobody expected.</summary>
    public static readonly FailurePayload Broken = new(FailureCode.Internal, "The server failed while it answered.");

    /// <summary>Streams the model's answer into the log and records how it ended. Never throws.</summary>
    public async Task ProduceAsync(Generation generation, string answeredId, string model)
    {
        try
        {
            Request? request = null;
            IAsyncEnumerable<ChatResponseUpdate> updates;
            if (generation.Position is { } position)
            {
                var goingOn = PositionToken.With(new ChatOptions { ModelId = model }, position);
                updates = client.GetStreamingResponseAsync([], goingOn, generation.Token);
            }
            else
            {
                request = await RequestAsync(generation, answeredId, model);
                if (generation.HasOpenQuestion)
                    await GoOnAsync(generation, request, await rounds.ResumeAsync(generation));
                updates = Ask(generation, request);
            }
            while (await StreamAsync(generation, updates) is { Count: > 0 } calls)
            {
                request ??= await RequestAsync(generation, answeredId, model);
                if (!rounds.MayGoOn(generation))
                    throw new ModelException(FailureCode.MalformedResponse, "The model asked for tools more often than it may.");
                await GoOnAsync(generation, request, await rounds.RunAsync(generation, request.Tools, calls));
                updates = Ask(generation, request);
            }
        }
        catch (Exception fault)
        {
            End(generation, fault);
        }
    }

    private IAsyncEnumerable<ChatResponseUpdate> Ask(Generation generation, Request request) =>
        client.GetStreamingResponseAsync(request.Messages, request.Options, generation.Token);

    private async Task<Request> RequestAsync(Generation generation, string answeredId, string model)
    {
        var asked = generation.Asked ?? manners.For(model, Manner.None, 0);
        var summary = generation.HasSummaries
            ? await contexts.FindSummaryAsync(generation.Owner, answeredId, generation.Token) : null;
        var context = generation.Context ?? await contexts.BuildAsync(
            generation.Owner, answeredId, asked.Room, summary,
            new ContextParts(catalog.CarriesReasoning(model), generation.HasToolHistory, generation.HasFiles),
            generation.Token);
        generation.Context = null;
        if (context.Turns.Count == 0)
            throw new ModelException(FailureCode.ContextLengthExceeded, "The message is longer than may be sent.");
        if (context.IsContinuation)
            generation.Continues = context.Turns[^1].Text;
        var messages = Messages(
            asked.Instructions, context,
            generation.HasFiles ? await files.ReadAsync(generation.Owner, context, model, generation.Token) : SentFiles.None,
            generation.HasFiles && generation.HasToolHistory
                ? await images.ReadAsync(
                    generation.Owner, context.Turns.SelectMany(turn => turn.Tools ?? []), model, generation.Token)
                : ToolImages.None);
        if (context.IsContinuation)
            messages.Add(new ChatMessage(ChatRole.User, Continuation.Prompt));
        var options = new ChatOptions { ModelId = model, Temperature = asked.Temperature, TopP = asked.TopP };
        if (catalog.SendsCacheKey(model))
            (options.AdditionalProperties ??= [])[RequestParameters.CacheKey] = CacheKey(generation.Start.ConversationId);
        if (asked.Effort is not null)
            (options.AdditionalProperties ??= [])[RequestParameters.Effort] = asked.Effort;
        if (asked.Verbosity is not null)
            (options.AdditionalProperties ??= [])[RequestParameters.Verbosity] = asked.Verbosity;
        generation.AskedWith(asked.InstructionTokens + context.Tokens
            + (context.IsContinuation ? tokens.Count(Continuation.Prompt) : 0));
        var request = new Request(messages, options) { Most = (long)asked.Room + asked.InstructionTokens };
        if (generation.MayCall)
        {
            Offer(request, await rounds.ToolsAsync(generation));
            // Of an answer that was taken over: the rounds before the one that is open.
            request.TextFrom = ToolTurns.AddRounds(
                messages, generation.TextSoFar(),
                generation.Tools.GroupBy(call => call.Round).Where(round => round.All(call => call.IsOver)).SelectMany(r => r),
                await images.ReadAsync(generation.Owner, generation.Tools, model, generation.Token));
        }
        return request;
    }

    private static void Offer(Request request, ToolSet tools)
    {
        request.Tools = tools;
        request.Options.Tools = tools.IsEmpty ? null : tools.Declarations;
    }

    /// <summary>Makes the request that carries the results of a round.</summary>
    private async Task GoOnAsync(Generation generation, Request request, IReadOnlyList<ToolCall> round)
    {
        var (text, from) = (generation.TextSoFar(), request.TextFrom);
        var thought = generation.ReasoningSoFar();
        request.TextFrom = ToolTurns.AddRound(request.Messages, text, round, from, generation.EncryptedReasoning,
            await images.ReadAsync(generation.Owner, round, request.Options.ModelId!, generation.Token),
            thought[request.ThoughtFrom..].Trim());
        request.ThoughtFrom = thought.Length;
        if (request.Tools.IsEmpty)
            Offer(request, await rounds.ToolsAsync(generation)); // of an answer that was taken over: its server is there now
        request.Options.ToolMode = rounds.MayGoOn(generation) ? null : ChatToolMode.None;
        var added = tokens.CountText(text[from..request.TextFrom]) + generation.ToolTokens;
        // A request that cannot succeed, or that is over a budget, is not made.
        if (generation.FirstSentTokens + added > request.Most)
            throw new ModelException(FailureCode.ContextLengthExceeded, "The results of the tools are longer than may be sent.");
        if (await budgets.IsUsedUpAsync(generation.Caller, generation.Token))
            throw new ModelException(FailureCode.QuotaExhausted, "The user's budget is used up.");
        generation.AskAgainWith(generation.FirstSentTokens + added);
    }

    /// <summary>Streams what the model answers to a request into the log and records how it ended. Never throws.</summary>
    /// <param name="generation">Begun.</param>
    /// <param name="request">Makes what the model is sent. What it throws is the end.</param>
    public async Task AskAsync(Generation generation, Func<Task<(List<ChatMessage> Messages, ChatOptions Options)>> request)
    {
        try
        {
            var (messages, options) = await request();
            await StreamAsync(generation, client.GetStreamingResponseAsync(messages, options, generation.Token));
        }
        catch (Exception fault)
        {
            End(generation, fault);
        }
    }

    private void End(Generation generation, Exception fault)
    {
        switch (fault)
        {
            case OperationCanceledException when generation.Token.IsCancellationRequested:
                break; // The end was recorded before the token was cancelled.
            case ModelException failure:
                if (failure.InnerException is not null)
                    Log.ModelFailed(logger, failure.Code, FaultCauses.Of(failure.InnerException));
                else
                    Log.ModelRefused(logger, failure.Code);
                generation.TryEnd(ReasonOf(failure.Code), failure.ToFailure());
                break;
            default:
                Log.Failed(logger, new FaultWithoutMessage(fault));
                generation.TryEnd(FinishReason.Failed, Broken);
                break;
        }
    }

    // The same for all requests of a conversation. It leads nobody to it: its id is in addresses that people share.
    private static string CacheKey(string conversationId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(conversationId)).AsSpan(0, 16));

    /// <summary>
    /// Tells the service of a background answer that nobody needs the rest. Other answers end with their connection. Never
    /// throws.
    /// </summary>
    public async Task CancelAsync(Generation generation, GenerationEnd end)
    {
        var hasRest = end.Reason is FinishReason.Stopped or FinishReason.Interrupted or FinishReason.Failed;
        if (hasRest && generation.Position is { } position && client.GetService<IBackgroundAnswers>() is { } background)
            await background.CancelAsync(position);
    }

    private static FinishReason ReasonOf(FailureCode code) => code switch
    {
        FailureCode.ContentFilter => FinishReason.Filtered,
        FailureCode.Interrupted => FinishReason.Interrupted,
        _ => FinishReason.Failed,
    };

    /// <returns>The calls that the answer goes on with; null: it has ended.</returns>
    private async Task<List<FunctionCallContent>?> StreamAsync(
        Generation generation, IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        List<FunctionCallContent>? calls = null;
        ChatFinishReason? finish = null;
        ErrorContent? filter = null;
        string? answeredModel = null;
        long? input = null, output = null, reasoning = null, cached = null;
        var hasText = generation.Position?.HasText == true;
        var gaps = new WordGaps(time);
        await foreach (var update in updates)
        {
            if (AnsweringDeployment.Of(update) is { } deployment)
            {
                generation.AnsweredBy(deployment.Name, deployment.IsFallback);
                (answeredModel, input, output, reasoning, cached) = (null, null, null, null, null);
            }
            if (update.ModelId is { } name && name != answeredModel)
                generation.AnsweredByModel(answeredModel = name);
            var position = PositionToken.Of(update);
            // An empty update says that the model has begun to answer.
            if (update.Contents.Count == 0)
            {
                if (position is not null)
                    generation.GoesOnAfter(position);
                generation.Enter(Phase.Thinking);
            }
            for (var i = 0; i < update.Contents.Count; i++) // the interface's enumerator would be one more object for each token
            {
                switch (update.Contents[i])
                {
                    case TextContent { Text.Length: > 0 } text:
                        generation.AppendText(text.Text, position);
                        gaps.Word();
                        hasText = true;
                        break;
                    case TextReasoningContent { ProtectedData: { } kept }:
                        generation.KeepReasoning(kept);
                        break;
                    case TextReasoningContent { Text.Length: > 0 } thought when position is not null
                        && i + 1 < update.Contents.Count && update.Contents[i + 1] is TextContent { Text.Length: > 0 } said:
                        generation.AppendBoth(thought.Text, said.Text, position);
                        gaps.Word();
                        hasText = true;
                        i++;
                        break;
                    case TextReasoningContent { Text.Length: > 0 } thought:
                        generation.AppendReasoning(thought.Text, position);
                        break;
                    case UsageContent { Details: var used }:
                        // The last one counts: some services send the sum so far with each chunk.
                        input = Possible(used.InputTokenCount) ?? input;
                        output = Possible(used.OutputTokenCount) ?? output;
                        reasoning = Possible(used.ReasoningTokenCount) ?? reasoning;
                        cached = Possible(used.CachedInputTokenCount) ?? cached;
                        if (input is { } sent && output is { } written)
                            generation.SetUsage(new UsagePayload(sent, written, reasoning, cached is 0 ? null : cached));
                        break;
                    case ErrorContent error:
                        filter ??= error;
                        break;
                    case FunctionCallContent call when generation.MayCall:
                        (calls ??= []).Add(call);
                        break;
                }
            }
            // A verdict of the content filter may follow "stop", and then it decides.
            if (update.FinishReason is { } reason && finish != ChatFinishReason.ContentFilter)
                finish = reason;
        }
        if (calls is not null && finish != ChatFinishReason.ContentFilter && finish != ChatFinishReason.Length)
            return calls;
        End(generation, finish, filter, hasText);
        return null;
    }

    /// <summary>A count of a service; null: it has not counted.</summary>
    public static long? Possible(long? tokens) => tokens is >= 0 and <= MostTokens ? tokens : null;

    private void End(Generation generation, ChatFinishReason? finish, ErrorContent? filter, bool hasText)
    {
        if (finish == ChatFinishReason.Stop)
            generation.TryEnd(FinishReason.Completed);
        else if (finish == ChatFinishReason.Length)
            generation.TryEnd(FinishReason.Length);
        else if (finish == ChatFinishReason.ContentFilter)
            generation.TryEnd(FinishReason.Filtered, ModelFailures.OfVerdict(filter));
        else if (finish is { } other && other != ChatFinishReason.ToolCalls && hasText)
        {
            // The stream ended properly, so the text is whole. Services invent words of their own for that.
            Log.UnknownReason(logger, IsWord(other.Value) ? other.Value : "not a word");
            generation.TryEnd(FinishReason.Completed);
        }
        else
            generation.TryEnd(FinishReason.Failed, new FailurePayload(FailureCode.MalformedResponse, finish is null
                ? "The model's answer ended without a finish reason."
                : "The model's answer ended for a reason that is not known here."));
    }

    // The log has no text of an answer, and a service may send anything as its reason.
    private static bool IsWord(string reason) =>
        reason.Length <= LongestReason && reason.All(c => char.IsAsciiLetter(c) || c == '_');

    /// <summary>
    /// The messages of a context. A summary is the answer to a request for one, so that roles alternate, and no text of a model
    /// becomes an instruction.
    /// </summary>
    /// <param name="instructions">Come first; empty: none.</param>
    /// <param name="context">What is sent.</param>
    /// <param name="files">What goes before the text of a message of the user, by its id.</param>
    /// <param name="images">The images of results of tools, by the calls' ids.</param>
    public static List<ChatMessage> Messages(
        string instructions, PromptContext context, ILookup<string, AIContent> files, ILookup<string, AIContent> images)
    {
        var messages = new List<ChatMessage>();
        if (instructions.Length > 0)
            messages.Add(new ChatMessage(ChatRole.System, instructions));
        if (context.Summary is { } summary)
        {
            messages.Add(new ChatMessage(ChatRole.User, SummaryStore.Asked));
            messages.Add(new ChatMessage(ChatRole.Assistant, SummaryStore.Heading + summary));
        }
        foreach (var turn in context.Turns)
        {
            if (turn.Tools is { Count: > 0 } calls)
            {
                ToolTurns.Add(messages, turn.Text, calls, turn.EncryptedReasoning, images);
                continue;
            }
            var message = new ChatMessage(turn.Role == MessageRole.User ? ChatRole.User : ChatRole.Assistant, turn.Text);
            if (turn.EncryptedReasoning is { } kept)
                message.Contents.Insert(0, new TextReasoningContent("") { ProtectedData = kept });
            if (turn.MessageIds is { } ids)
                message.Contents = [.. ids.SelectMany(id => files[id]), .. message.Contents];
            messages.Add(message);
        }
        return messages;
    }

    /// <summary>What the model is sent. It grows with each round.</summary>
    private sealed class Request(List<ChatMessage> messages, ChatOptions options)
    {
        public List<ChatMessage> Messages => messages;

        public ChatOptions Options => options;

        /// <summary>Those that the model is told of.</summary>
        public ToolSet Tools { get; set; } = new([]);

        /// <summary>Tokens that may be sent.</summary>
        public required long Most { get; init; }

        /// <summary>Where the text begins that is in no message yet.</summary>
        public int TextFrom { get; set; }

        /// <summary>The same of the reasoning.</summary>
        public int ThoughtFrom { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The model failed: {Code}.")]
        public static partial void ModelRefused(ILogger logger, FailureCode code);

        // The exceptions themselves are not logged: their messages may quote addresses and what was sent.
        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The model failed: {Code} ({Causes}).")]
        public static partial void ModelFailed(ILogger logger, FailureCode code, string causes);

        [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "A generation failed.")]
        public static partial void Failed(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 4, Level = LogLevel.Warning,
            Message = "An answer ended for a reason that is not known here: {Reason}. It counts as complete.")]
        public static partial void UnknownReason(ILogger logger, string reason);
    }
}
