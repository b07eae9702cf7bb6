using ChatStream.Emulator.Background;
using ChatStream.Emulator.Checks;
using ChatStream.Emulator.Playback;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator;

/// <summary>Reads a request, plays its script, and records how it ended.</summary>
internal sealed class ModelEndpoint(
    EmulatorOptions options, ScriptBook scripts, RequestLog log, BackgroundEndpoint background, CancellationToken stopping)
{
    public Task DatedAsync(HttpContext context) => AnswerAsync(context, isDated: true);

    public Task V1Async(HttpContext context) => AnswerAsync(context, isDated: false);

    /// <summary>Any other address. It is none of the requests that are kept.</summary>
    public async Task NotFoundAsync(HttpContext context)
    {
        var request = new EmulatedRequest(context.Request, body: "");
        await new ScriptPlayer(context, request, options.TimeProvider)
            .PlayAsync(AzureErrors.ResourceNotFound(), AnswerFor(request, index: 0, padding: null), context.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext context, bool isDated)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new EmulatedRequest(context.Request, await reader.ReadToEndAsync(context.RequestAborted));
        var index = log.Add(request);
        var refusal = RequestCheck.Refusal(request, isDated, options);
        try
        {
            await PlayAsync(context, request, refusal ?? scripts.For(request), index);
        }
        catch (Exception exception)
        {
            request.Fail(exception);
            throw;
        }
    }

    private async Task PlayAsync(HttpContext context, EmulatedRequest request, Script script, int index)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var padding = script.HasObfuscation && request.IncludesObfuscation ? new Padding(index) : null;
        var answer = AnswerFor(request, index, padding);
        try
        {
            var completed = BackgroundEndpoint.IsFor(request, script)
                ? await background.CreateAsync(context, request, script, answer)
                : await new ScriptPlayer(context, request, options.TimeProvider).PlayAsync(script, answer, ends.Token);
            request.End(completed ? RequestOutcome.Completed : RequestOutcome.Cut);
            if (!completed) await ClientHasSeenTheBreakAsync(ends.Token);
        }
        catch (Exception exception) when (exception is ClientClosedException or OperationCanceledException)
        {
            // The emulator closes the connections when it stops, too.
            request.End(stopping.IsCancellationRequested ? RequestOutcome.Cut : RequestOutcome.ClientClosed);
            context.Abort();
        }
    }

    private AnswerInfo AnswerFor(EmulatedRequest request, int index, Padding? padding) => new(
        $"{(request.IsForResponses ? "resp_" : "chatcmpl-")}{index:D29}", options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(),
        options.Model, request.IncludesUsage, padding)
    {
        Encrypts = request.IncludesEncryptedReasoning ? request.Deployment : null,
    };

    // If this returned earlier, Kestrel would write the final chunk, or reset a connection that is to look ended.
    private Task ClientHasSeenTheBreakAsync(CancellationToken cancellationToken) =>
        Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken);
}
