using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Failover;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Answers.Running;

/// <summary>Asks the model for one generation's answer and writes what comes into its log, to the end.</summary>
internal sealed partial class ModelRun(
    IChatClient client, ModelCatalog catalog, ContextBuilder contexts, PromptRoom room, ILogger<ModelRun> logger)
{
    /// <summary>Characters of a service's finish reason in the log.</summary>
    private const int LongestReason = 40;

    /// <summary>Streams the model's answer into the log and records how it ended. Never throws.</summary>
    public async Task ProduceAsync(Generation generation, string answeredId, string model)
    {
        try
        {
            var context = await contexts.BuildAsync(generation.Owner, answeredId, room.Tokens, generation.Token);
            if (context.Turns.Count == 0)
                throw new ModelException(FailureCode.ContextLengthExceeded, "The message is longer than may be sent.");
            if (context.IsContinuation)
                generation.Continues = context.Turns[^1].Text;
            var messages = Messages(room.SystemPrompt, context);
            var options = new ChatOptions { ModelId = model };
            if (catalog.SendsCacheKey(model))
                (options.AdditionalProperties ??= [])[RequestParameters.CacheKey] = generation.Start.ConversationId;
            if (generation.Effort is not null)
                (options.AdditionalProperties ??= [])[RequestParameters.Effort] = generation.Effort;
            var updates = client.GetStreamingResponseAsync(messages, options, generation.Token);
            await StreamAsync(generation, updates);
        }
        catch (OperationCanceledException) when (generation.Token.IsCancellationRequested)
        {
            // The end was recorded before the token was cancelled.
        }
        catch (ModelException fault)
        {
            if (fault.InnerException is not null)
                Log.ModelFailed(logger, fault.Code, FaultCauses.Of(fault.InnerException));
            else
                Log.ModelRefused(logger, fault.Code);
            generation.TryEnd(fault.Code == FailureCode.ContentFilter ? FinishReason.Filtered : FinishReason.Failed,
                fault.ToFailure());
        }
        catch (Exception fault)
        {
            Log.Failed(logger, new FaultWithoutMessage(fault));
            generation.TryEnd(FinishReason.Failed,
                new FailurePayload(FailureCode.Internal, "The server failed while it answered."));
        }
    }

    private async Task StreamAsync(Generation generation, IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        ChatFinishReason? finish = null;
        ErrorContent? filter = null;
        string? answeredModel = null;
        long? input = null, output = null, reasoning = null, cached = null;
        var hasText = false;
        await foreach (var update in updates)
        {
            if (AnsweringDeployment.Of(update) is { } deployment)
            {
                generation.AnsweredBy(deployment.Name, deployment.IsFallback);
                answeredModel = null;
            }
            if (update.ModelId is { } name && name != answeredModel)
                generation.AnsweredByModel(answeredModel = name);
            // An empty update says that the model has begun to answer.
            if (update.Contents.Count == 0)
                generation.Enter(Phase.Thinking);
            for (var i = 0; i < update.Contents.Count; i++) // the interface's enumerator would be one more object for each token
            {
                switch (update.Contents[i])
                {
                    case TextContent { Text.Length: > 0 } text:
                        generation.AppendText(text.Text);
                        hasText = true;
                        break;
                    case TextReasoningContent { Text.Length: > 0 } thought:
                        generation.AppendReasoning(thought.Text);
                        break;
                    case UsageContent { Details: var used }:
                        // The last one counts: some services send the sum so far with each chunk.
                        input = used.InputTokenCount ?? input;
                        output = used.OutputTokenCount ?? output;
                        reasoning = used.ReasoningTokenCount ?? reasoning;
                        cached = used.CachedInputTokenCount ?? cached;
                        break;
                    case ErrorContent error:
                        filter ??= error;
                        break;
                }
            }
            // A verdict of the content filter may follow "stop", and then it decides.
            if (update.FinishReason is { } reason && finish != ChatFinishReason.ContentFilter)
                finish = reason;
        }
        if (input is { } sent && output is { } written)
            generation.SetUsage(new UsagePayload(sent, written, reasoning, cached is 0 ? null : cached));
        End(generation, finish, filter, hasText);
    }

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

    private static List<ChatMessage> Messages(string systemPrompt, PromptContext context)
    {
        var messages = new List<ChatMessage>();
        if (systemPrompt.Length > 0)
            messages.Add(new ChatMessage(ChatRole.System, systemPrompt));
        foreach (var turn in context.Turns)
            messages.Add(new ChatMessage(turn.Role == MessageRole.User ? ChatRole.User : ChatRole.Assistant, turn.Text));
        if (context.IsContinuation)
            messages.Add(new ChatMessage(ChatRole.User, Continuation.Prompt));
        return messages;
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
