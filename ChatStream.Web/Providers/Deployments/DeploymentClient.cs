using System.Buffers;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.ChatCompletions;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// The <see cref="IChatClient"/> of one deployment, asked by chat completions or by the Responses API. Thread-safe.
/// </summary>
/// <remarks>
/// Throws a <see cref="ModelException"/> with a code of the contract if the model fails, and
/// <see cref="OperationCanceledException"/> if the caller cancels. Never retries, but asks again without what the service has
/// refused, before anything of the answer has come. A filtered answer ends with
/// <see cref="ChatFinishReason.ContentFilter"/> and an <see cref="ErrorContent"/> that names the categories. The first update may
/// be empty: then the model has begun to answer.
/// </remarks>
internal sealed partial class DeploymentClient(
    DeploymentEndpoint endpoint, ModelTimeouts timeouts, TimeProvider time, ILogger<DeploymentClient> logger) : IChatClient
{
    /// <summary>How often one request is sent again without what was refused: a service names one member at a time.</summary>
    private const int MostCorrections = 4;

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
        ChatResponseUpdate? counted = null;
        await foreach (var update in AskAsync(messages, options, isStreamed: false, cancellationToken))
        {
            updates.Add(update);
            if (!update.Contents.Any(content => content is UsageContent))
                continue;
            // The last usage counts: some services send the sum so far with each chunk. The library would add them up.
            if (counted is not null)
                counted.Contents = [.. counted.Contents.Where(content => content is not UsageContent)];
            counted = update;
        }
        return updates.ToChatResponse();
    }

    // The body decides what it is, not its type, and not what was asked for: some services give a whole answer to a request for a
    // stream, or a stream without its type.
    private async IAsyncEnumerable<ChatResponseUpdate> AskAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, bool isStreamed,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watchdog = new ResponseWatchdog(timeouts, time, cancellationToken);
        var before = PositionToken.Of(options);
        var (answer, parser, isBackground) = before is null
            ? await SendAsync(messages, options, isStreamed, watchdog)
            : await GoOnAsync(before, watchdog);
        using var response = answer;
        var positions = isBackground ? new Positions(endpoint.Key, (ResponsesParser)parser, isKnown: before is not null) : null;
        var updates = new UpdateBuilder();
        await using var chunks = new ArrivingChunks(response.ContentStream!, parser, updates, watchdog);
        var gathered = new GatheredText();
        var (hasText, isUnfiltered, hasUnknownContent) = (before?.HasText == true, false, false);
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
                var position = positions?.After(chunk);
                if (chunk.IsTextOnly && gathered.TryAdd(chunk, position))
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
                    var failure = ModelFailures.InStream(error, hasText, isLate: updates.Ending != Ending.None);
                    if (updates.Ending >= Ending.Likely && failure.Code != FailureCode.ContentFilter)
                        continue;
                    Tell(response);
                    throw failure;
                }
                if (chunk.FinishReason is { } word && FinishReasons.IsFault(word))
                {
                    Tell(response);
                    throw ModelFailures.BrokenOff();
                }
                var update = updates.Of(chunk);
                if (position is not null)
                    PositionToken.Add(update, position);
                if (chunk.EncryptedReasoning is { } items && EncryptedReasoning.ToContent(endpoint.Key, items) is { } reasoning)
                    update.Contents.Add(reasoning);
                yield return update;
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
            throw new ModelException(FailureCode.MalformedResponse, "The model's answer ended without a finish reason.")
            {
                IsOfConnection = true,
            };
        if (parser.Calls is { Count: > 0 } calls)
            yield return FunctionCalls.ToUpdate(calls); // last, when their arguments are whole
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc cref="Background.IBackgroundAnswers.CancelAsync"/>
    public async Task CancelAsync(ResponsePosition position)
    {
        using var limit = new CancellationTokenSource(timeouts.Connect, time);
        try
        {
            using var response = await endpoint.CancelAsync(position, limit.Token);
            if (response.IsError)
                Log.NotCancelled(logger, response.Status, null);
        }
        catch (Exception fault)
        {
            Log.NotCancelled(logger, status: null, FaultCauses.Of(fault));
        }
    }

    public void Dispose()
    {
        // All clients share the handler.
    }

    /// <summary>
    /// Sends the request, and returns once an answer has begun. A service that refuses a member of it, or the interface, is asked
    /// again without, and so are all later requests to this deployment.
    /// </summary>
    private async Task<(PipelineResponse Response, IChunkParser Parser, bool IsBackground)> SendAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream, ResponseWatchdog watchdog)
    {
        var known = endpoint.Form;
        var (form, body) = (known, Write(known));
        var accept = stream ? "text/event-stream" : "application/json";
        PipelineResponse? response = null;
        try
        {
            for (var corrections = 0; ; corrections++)
            {
                response = await endpoint.SendAsync(body, form.Api, accept, watchdog.Token);
                if (!response.IsError)
                    break;
                var error = await ErrorOfAsync(response, watchdog);
                var corrected = corrections < MostCorrections && IsAboutTheRequest(response.Status)
                    ? form.CorrectedBy(error)
                    : null;
                var rewritten = corrected is null ? body : Write(corrected);
                if (corrected is null || rewritten.ToMemory().Span.SequenceEqual(body.ToMemory().Span))
                    throw ModelFailures.OfStatus(
                        response.Status, error, ModelFailures.RetryAfter(response.Headers, time.GetUtcNow()));
                (form, body) = (corrected, rewritten);
                response.Dispose();
                watchdog.BeginAgain();
            }
        }
        catch (Exception fault)
        {
            response?.Dispose();
            throw watchdog.Translate(fault);
        }
        if (!ReferenceEquals(form, known))
        {
            endpoint.Form = form;
            var change = form.ChangeSince(known);
            Log.Corrected(logger, endpoint.Deployment.Deployment, change);
        }
        var isBackground = form.IsBackground(endpoint.Deployment, stream);
        var beginsWithReasoning = endpoint.Deployment.Reasoning == ReasoningForm.Tags;
        return (response, form.Api == ModelApi.Chat
            ? new CompletionParser(beginsWithReasoning)
            : new ResponsesParser(after: null, isBackground ? null : new ThinkTags(beginsWithReasoning)), isBackground);

        BinaryData Write(RequestForm taken) => taken.Api == ModelApi.Chat
            ? CompletionRequest.Write(endpoint.Deployment, taken, messages, options, stream)
            : ResponsesRequest.Write(endpoint.Deployment, taken, messages, options, stream);
    }

    /// <summary>Asks for the events of a background answer after a position, and returns once they come.</summary>
    private async Task<(PipelineResponse Response, IChunkParser Parser, bool IsBackground)> GoOnAsync(
        ResponsePosition after, ResponseWatchdog watchdog)
    {
        PipelineResponse? response = null;
        try
        {
            response = await endpoint.ReadOnAsync(after, watchdog.Token);
            if (!response.IsError)
                return (response, new ResponsesParser(after), true);
            await ErrorOfAsync(response, watchdog);
            throw response.Status is 408 or 429 or >= 500
                ? new ModelException(FailureCode.ModelUnavailable, "The model service is down.") { IsOfConnection = true }
                : ModelFailures.NotGoingOn();
        }
        catch (Exception fault)
        {
            response?.Dispose();
            throw watchdog.Translate(fault);
        }
    }

    // Whether a refusal with this status may name what the request should not have. Most services say 400, 404 or 422.
    private static bool IsAboutTheRequest(int status) =>
        status is 501 or (>= 400 and < 500 and not (401 or 402 or 403 or 408 or 429));

    // Support asks for the id.
    private void Tell(PipelineResponse response)
    {
        response.Headers.TryGetValue("apim-request-id", out var requestId);
        Log.BrokenOff(logger, requestId);
    }

    private async Task<ServiceError> ErrorOfAsync(PipelineResponse response, ResponseWatchdog watchdog)
    {
        var error = new ArrayBufferWriter<byte>(1024);
        await ReadAsync(response, error, watchdog);
        response.Headers.TryGetValue("apim-request-id", out var requestId);
        Log.Refused(logger, response.Status, requestId);
        return ServiceErrorParser.ParseBody(error.WrittenSpan);
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
        [LoggerMessage(EventId = 4, Level = LogLevel.Warning,
            Message = "The model service was not told to end an answer ({Status} {Causes}). It may go on with it.")]
        public static partial void NotCancelled(ILogger logger, int? status, string? causes);

        [LoggerMessage(EventId = 5, Level = LogLevel.Warning,
            Message = "The model service ended an answer with an error (apim-request-id {RequestId}).")]
        public static partial void BrokenOff(ILogger logger, string? requestId);

        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "The model service answered with status {Status} (apim-request-id {RequestId}).")]
        public static partial void Refused(ILogger logger, int status, string? requestId);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The content filter of the model service did not work, so an answer was not filtered.")]
        public static partial void FilterIsOff(ILogger logger);

        [LoggerMessage(EventId = 3, Level = LogLevel.Information,
            Message = "The deployment {Deployment} is asked {Change} from now on, because its service refused what was sent.")]
        public static partial void Corrected(ILogger logger, string deployment, string change);
    }
}
