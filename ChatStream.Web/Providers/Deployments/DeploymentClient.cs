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
        var request = before is null ? new CorrectedRequest(endpoint.Form, Write) : null;
        var answer = await BeginAsync();
        try
        {
            var gathered = new GatheredText();
            var (hasText, hasReasoning, isUnfiltered, hasUnknownContent) = (before?.HasText == true, false, false, false);
            while (true)
            {
                while (answer.Chunks.TryTake(out var chunk))
                {
                    if (chunk.Error is null)
                        Remember(request);
                    hasText |= chunk.Text is { Length: > 0 };
                    hasReasoning |= chunk.Reasoning is { Length: > 0 };
                    hasUnknownContent |= chunk.HasUnknownContent;
                    if (chunk.IsUnfiltered && !isUnfiltered) // told once: every chunk of the answer says it
                        Log.FilterIsOff(logger);
                    isUnfiltered |= chunk.IsUnfiltered;
                    // Text that has arrived together becomes one update, so that a slow connection gets fewer, larger frames.
                    var position = answer.Positions?.After(chunk);
                    if (chunk.IsTextOnly && gathered.TryAdd(chunk, position))
                    {
                        answer.Updates.Continue();
                        watchdog.Expects(isEnd: false);
                        if (gathered.IsFull)
                            yield return gathered.Take();
                        continue;
                    }
                    if (!gathered.IsEmpty)
                        yield return gathered.Take();
                    if (chunk.Error is { } refusal && !hasText && !hasReasoning && answer.Updates.Ending == Ending.None
                        && request?.IsCorrectedBy(refusal, ErrorKinds.StatusOf(refusal)) == true)
                    {
                        await answer.DisposeAsync();
                        watchdog.BeginAgain();
                        answer = await BeginAsync();
                        continue;
                    }
                    if (FailureOf(chunk, hasText, answer.Updates.Ending) is { } failure)
                    {
                        // After the finish reason only a filter's verdict counts.
                        if (chunk.Error is not null && answer.Updates.Ending >= Ending.Likely
                            && failure.Code != FailureCode.ContentFilter)
                            continue;
                        Tell(answer.Response);
                        if (UpdateBuilder.OfContent(chunk) is { } last)
                            yield return last;
                        throw failure;
                    }
                    var update = answer.Updates.Of(chunk);
                    if (position is not null)
                        PositionToken.Add(update, position);
                    if (chunk.EncryptedReasoning is { } items
                        && EncryptedReasoning.ToContent(endpoint.Key, items) is { } reasoning)
                        update.Contents.Add(reasoning);
                    yield return update;
                    watchdog.Expects(isEnd: answer.Updates.Ending == Ending.Certain);
                }
                if (!gathered.IsEmpty)
                    yield return gathered.Take();
                if (answer.Chunks.IsAtEnd)
                    break;
                await answer.Chunks.WaitAsync();
            }
            var ending = answer.Updates.Ending;
            var isBroken = ending == Ending.None || (ending == Ending.Doubtful && !answer.Chunks.IsDone);
            // What waits for more still gets it where the answer goes on over another connection.
            if (!(isBroken && answer.Positions is not null) && answer.Parser.Rest() is { } rest)
            {
                hasText |= rest.Text is { Length: > 0 };
                yield return answer.Updates.Of(rest);
            }
            if (hasUnknownContent && !hasText && answer.Parser.Calls.Count == 0)
                throw ModelFailures.UnknownContent();
            if (isBroken)
                throw new ModelException(FailureCode.MalformedResponse, "The model's answer ended without a finish reason.")
                {
                    IsOfConnection = true,
                };
            if (answer.Updates.LacksCalls && !hasText && answer.Parser.Calls.Count == 0)
                throw new ModelException(
                    FailureCode.MalformedResponse, "The model asked for a call of a tool and did not say which.");
            if (answer.Parser.Calls is { Count: > 0 } calls)
                yield return FunctionCalls.ToUpdate(calls); // last, when their arguments are whole
        }
        finally
        {
            await answer.DisposeAsync();
        }

        Task<BegunAnswer> BeginAsync() =>
            before is null ? SendAsync(request!, isStreamed, watchdog) : GoOnAsync(before, watchdog);

        BinaryData Write(RequestForm taken) => taken.Api == ModelApi.Chat
            ? CompletionRequest.Write(endpoint.Deployment, taken, messages, options, isStreamed)
            : ResponsesRequest.Write(endpoint.Deployment, taken, messages, options, isStreamed);
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
    /// again without.
    /// </summary>
    private async Task<BegunAnswer> SendAsync(CorrectedRequest request, bool stream, ResponseWatchdog watchdog)
    {
        var accept = stream ? "text/event-stream" : "application/json";
        PipelineResponse? response = null;
        try
        {
            while (true)
            {
                response = await endpoint.SendAsync(request.Body, request.Form.Api, accept, watchdog.Token);
                if (!response.IsError)
                    break;
                var error = await ErrorOfAsync(response, watchdog);
                if (!request.IsCorrectedBy(error, response.Status))
                    throw ModelFailures.OfStatus(
                        response.Status, error, RetryTimes.In(response.Headers, time.GetUtcNow()));
                response.Dispose();
                watchdog.BeginAgain();
            }
        }
        catch (Exception fault)
        {
            response?.Dispose();
            throw watchdog.Translate(fault);
        }
        var beginsWithReasoning = endpoint.Deployment.Reasoning == ReasoningForm.Tags;
        if (request.Form.Api == ModelApi.Chat)
            return new BegunAnswer(response, new CompletionParser(beginsWithReasoning), positions: null, watchdog);
        var parser = new ResponsesParser(after: null, new ThinkTags(beginsWithReasoning));
        var isBackground = request.Form.IsBackground(endpoint.Deployment, stream);
        return new BegunAnswer(
            response, parser, isBackground ? new Positions(endpoint.Key, parser, isKnown: false) : null, watchdog);
    }

    /// <summary>Asks for the events of a background answer after a position, and returns once they come.</summary>
    private async Task<BegunAnswer> GoOnAsync(ResponsePosition after, ResponseWatchdog watchdog)
    {
        PipelineResponse? response = null;
        try
        {
            response = await endpoint.ReadOnAsync(after, watchdog.Token);
            if (!response.IsError)
            {
                var tags = after.Tags is { } place
                    ? new ThinkTags(place, endpoint.Deployment.Reasoning == ReasoningForm.Tags) : null;
                var parser = new ResponsesParser(after, tags);
                return new BegunAnswer(response, parser, new Positions(endpoint.Key, parser, isKnown: true), watchdog);
            }
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

    // Once the service answers. A later request is then written so from the beginning.
    private void Remember(CorrectedRequest? request)
    {
        if (request?.TakeCorrection() is not { } change)
            return;
        endpoint.Form = request.Form;
        Log.Corrected(logger, endpoint.Deployment.Deployment, change);
    }

    private static ModelException? FailureOf(AnswerChunk chunk, bool hasText, Ending ending) =>
        chunk.Error is { } error ? ModelFailures.InStream(error, hasText, isLate: ending != Ending.None)
        : chunk.FinishReason is { } word && FinishReasons.IsFault(word) ? ModelFailures.BrokenOff()
        : null;

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
