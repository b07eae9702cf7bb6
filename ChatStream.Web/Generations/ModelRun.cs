using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Generations;

/// <summary>Asks the model for one generation's answer and writes what comes into its log, to the end.</summary>
internal sealed partial class ModelRun(
    IChatClient client, ContextBuilder contexts, TokenCounter tokens, IOptions<PromptOptions> options, ILogger<ModelRun> logger)
{
    /// <summary>A client has read the messages once its first content comes: they are let go of then. Returns when the model is done, one way or the other; what went wrong is in the generation's end.</summary>
    public async Task ProduceAsync(Generation generation, string answeredId, string model)
    {
        try
        {
            var prompt = options.Value.SystemPrompt;
            var budget = options.Value.ContextTokens - (prompt.Length > 0 ? tokens.Count(prompt) : 0);
            var context = await contexts.BuildAsync(generation.Owner, answeredId, budget, generation.Token);
            await StreamAsync(generation, Messages(prompt, context), new ChatOptions { ModelId = model });
        }
        catch (OperationCanceledException) when (generation.Token.IsCancellationRequested)
        {
            // Who cancelled has recorded the end.
        }
        catch (ModelException fault)
        {
            if (fault.InnerException is not null)
                Log.ModelFailed(logger, fault.Code, fault.InnerException.GetType().Name, fault.InnerException.HResult);
            else
                Log.ModelRefused(logger, fault.Code);
            generation.TryEnd(fault.Code == FailureCode.ContentFilter ? FinishReason.Filtered : FinishReason.Failed, fault.ToFailure());
        }
        catch (Exception fault)
        {
            Log.Failed(logger, fault.GetType(), fault.StackTrace);
            generation.TryEnd(FinishReason.Failed, new FailurePayload(FailureCode.Internal, "The server failed while it answered."));
        }
    }

    private async Task StreamAsync(Generation generation, List<ChatMessage> messages, ChatOptions chatOptions)
    {
        ChatFinishReason? finish = null;
        ErrorContent? filter = null;
        var usage = new UsageDetails();
        await foreach (var update in client.GetStreamingResponseAsync(messages, chatOptions, generation.Token))
        {
            // That something came is itself the cause of the phase.
            if (update.Contents.Count == 0)
                generation.Enter(Phase.Thinking);
            // The model has them, and answers; they may be long, and the answer take minutes.
            else
                messages.Clear();
            for (var i = 0; i < update.Contents.Count; i++) // an enumerator of the interface would be one more object a token
            {
                switch (update.Contents[i])
                {
                    case TextContent { Text.Length: > 0 } text:
                        generation.AppendText(text.Text);
                        break;
                    case TextReasoningContent { Text.Length: > 0 } reasoning:
                        generation.AppendReasoning(reasoning.Text);
                        break;
                    case UsageContent used:
                        usage.Add(used.Details);
                        break;
                    case ErrorContent error:
                        filter ??= error;
                        break;
                }
            }
            // A filter's verdict may follow on "stop", and outweighs it.
            if (update.FinishReason is { } reason && finish != ChatFinishReason.ContentFilter)
                finish = reason;
        }
        if (usage is { InputTokenCount: { } input, OutputTokenCount: { } output })
            generation.SetUsage(new UsagePayload(input, output, usage.ReasoningTokenCount));
        End(generation, finish, filter?.Message);
    }

    private static void End(Generation generation, ChatFinishReason? finish, string? filterMessage)
    {
        if (finish == ChatFinishReason.Stop)
            generation.TryEnd(FinishReason.Completed);
        else if (finish == ChatFinishReason.Length)
            generation.TryEnd(FinishReason.Length);
        else if (finish == ChatFinishReason.ContentFilter)
            generation.TryEnd(FinishReason.Filtered, new FailurePayload(
                FailureCode.ContentFilter, filterMessage ?? "The answer was stopped by the content filter."));
        else
            generation.TryEnd(FinishReason.Failed, new FailurePayload(FailureCode.MalformedResponse, finish is null
                ? "The model's answer ended without a finish reason."
                : "The model's answer ended for a reason that is not known here."));
    }

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

        // The exceptions themselves stay out: their messages may quote addresses and what was sent.
        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The model failed: {Code} ({Fault}, 0x{HResult:x8}).")]
        public static partial void ModelFailed(ILogger logger, FailureCode code, string fault, int hResult);

        [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "A generation failed: {Fault}\n{StackTrace}")]
        public static partial void Failed(ILogger logger, Type fault, string? stackTrace);
    }
}
