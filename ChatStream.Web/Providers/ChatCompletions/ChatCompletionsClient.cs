using System.Buffers;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>
/// The <see cref="IChatClient"/> of one deployment with OpenAI's chat completions. Thread-safe.
/// </summary>
/// <remarks>
/// Throws a <see cref="ModelException"/> with a code of the contract if the model fails, and
/// <see cref="OperationCanceledException"/> if the caller cancels. Never retries. A filtered answer ends with
/// <see cref="ChatFinishReason.ContentFilter"/> and an <see cref="ErrorContent"/> that names the categories. The first update may
/// be empty: then the model has begun to answer.
/// </remarks>
internal sealed partial class ChatCompletionsClient(
    CompletionsEndpoint endpoint, ModelTimeouts timeouts, TimeProvider time, ILogger<ChatCompletionsClient> logger) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new(
        endpoint.Deployment.Kind == ProviderKind.Azure ? "azure.ai.openai" : "openai",
        endpoint.Address, endpoint.Deployment.Deployment);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(messages, options, isStreamed: true, cancellationToken);

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in AskAsync(messages, options, isStreamed: false, cancellationToken))
            updates.Add(update);
        return updates.ToChatResponse();
    }

    // The body decides what it is, not its type, and not what was asked for: some services give a whole answer to a request for a
    // stream, or a stream without its type.
    private async IAsyncEnumerable<ChatResponseUpdate> AskAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, bool isStreamed,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watchdog = new ResponseWatchdog(timeouts, time, cancellationToken);
        using var response = isStreamed
            ? await StreamAsync(messages, options, watchdog)
            : await SendAsync(
                CompletionRequest.Write(endpoint.Deployment, messages, options, stream: false), "application/json", watchdog);

        var parser = new CompletionParser(endpoint.Deployment.Reasoning == ReasoningForm.Tags);
        var updates = new UpdateBuilder();
        await using var chunks = new ArrivingChunks(response.ContentStream!, parser, updates, watchdog);
        var gathered = new GatheredText();
        var (hasText, isUnfiltered, hasUnknownContent) = (false, false, false);
        while (true)
        {
            while (chunks.TryTake(out var chunk))
            {
                hasText |= chunk.Text is { Length: > 0 };
                hasUnknownContent |= chunk.HasUnknownContent;
                if (chunk.IsUnfiltered && !isUnfiltered) // told once: every chunk of the answer says it
                    Log.FilterIsOff(logger);
                isUnfiltered |= chunk.IsUnfiltered;
                // Text that has arrived together becomes one update, so that a slow connection gets fewer, larger frames.
                if (chunk.IsTextOnly && gathered.TryAdd(chunk))
                {
                    updates.Continue();
                    watchdog.Expects(isEnd: false);
                    if (gathered.IsFull)
                        yield return gathered.Take();
                    continue;
                }
                if (!gathered.IsEmpty)
                    yield return gathered.Take();
                if (chunk.Error is { } error)
                {
                    var failure = ModelFailures.InStream(error, hasText);
                    if (updates.Ending == Ending.Certain && failure.Code != FailureCode.ContentFilter)
                        continue;
                    throw failure;
                }
                yield return updates.Of(chunk);
                watchdog.Expects(isEnd: updates.Ending == Ending.Certain);
            }
            if (!gathered.IsEmpty)
                yield return gathered.Take();
            if (chunks.IsAtEnd)
                break;
            await chunks.WaitAsync();
        }
        var ending = updates.Ending;
        if (parser.Rest() is { } rest)
        {
            hasText |= rest.Text is { Length: > 0 };
            yield return updates.Of(rest);
        }
        if (hasUnknownContent && !hasText)
            throw ModelFailures.UnknownContent();
        if (ending == Ending.None || (ending == Ending.Doubtful && !chunks.IsDone))
            throw new ModelException(FailureCode.MalformedResponse, "The model's answer ended without a finish reason.");
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // All clients share the handler.
    }

    /// <summary>
    /// Asks for a stream with its usage. A service that refuses <c>stream_options</c> is asked once more without, and no later
    /// request to this deployment has it.
    /// </summary>
    private async Task<PipelineResponse> StreamAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, ResponseWatchdog watchdog)
    {
        var withUsage = endpoint.TakesStreamOptions;
        try
        {
            return await SendAsync(
                CompletionRequest.Write(endpoint.Deployment, messages, options, stream: true, withUsage),
                "text/event-stream", watchdog);
        }
        catch (ModelException fault) when (withUsage && fault.Parameter == CompletionRequest.StreamOptions)
        {
            watchdog.BeginAgain();
        }
        var response = await SendAsync(
            CompletionRequest.Write(endpoint.Deployment, messages, options, stream: true, withUsage: false),
            "text/event-stream", watchdog);
        endpoint.TakesStreamOptions = false;
        Log.NoStreamOptions(logger, endpoint.Deployment.Deployment);
        return response;
    }

    private async Task<PipelineResponse> SendAsync(BinaryData body, string accept, ResponseWatchdog watchdog)
    {
        PipelineResponse? response = null;
        try
        {
            response = await endpoint.SendAsync(body, accept, watchdog.Token);
            if (!response.IsError)
                return response;

            var error = new ArrayBufferWriter<byte>(1024);
            await ReadAsync(response, error, watchdog);
            response.Headers.TryGetValue("apim-request-id", out var requestId);
            Log.Refused(logger, response.Status, requestId);
            var retryAfter = ModelFailures.RetryAfter(response.Headers, time.GetUtcNow());
            throw ModelFailures.OfStatus(response.Status, ServiceErrorParser.ParseBody(error.WrittenSpan), retryAfter);
        }
        catch (Exception fault)
        {
            response?.Dispose();
            throw watchdog.Translate(fault);
        }
    }

    private static async Task ReadAsync(PipelineResponse response, ArrayBufferWriter<byte> into, ResponseWatchdog watchdog)
    {
        while (await response.ContentStream!.ReadAsync(into.GetMemory(4096), watchdog.Token) is > 0 and var read)
        {
            watchdog.ByteReceived();
            into.Advance(read);
            if (into.WrittenCount > EventBuffer.LargestEvent)
                throw new ModelException(FailureCode.MalformedResponse, "The model service sent more than an answer can be.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "The model service answered with status {Status} (apim-request-id {RequestId}).")]
        public static partial void Refused(ILogger logger, int status, string? requestId);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The content filter of the model service did not work, so an answer was not filtered.")]
        public static partial void FilterIsOff(ILogger logger);

        [LoggerMessage(EventId = 3, Level = LogLevel.Information,
            Message = "The deployment {Deployment} does not take stream_options, so its answers come without usage.")]
        public static partial void NoStreamOptions(ILogger logger, string deployment);
    }
}
