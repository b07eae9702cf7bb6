using System.Net.Sockets;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Playback;

/// <summary>Plays one script to one client.</summary>
internal sealed class ScriptPlayer(HttpContext context, EmulatedRequest request, TimeProvider time)
{
    /// <returns>True if the script came to its end, false if it broke the connection.</returns>
    public async Task<bool> PlayAsync(Script script, AnswerInfo answer, CancellationToken cancellationToken)
    {
        var writer = new ResponseWriter(context);
        script.Head.Apply(context.Response, request.IsStreaming ? "text/event-stream; charset=utf-8" : "application/json");
        var output = OutputFor(writer, answer, script.Style);

        foreach (var step in script.Steps)
        {
            switch (step)
            {
                case SendHeaders: await output.HeadersAsync(cancellationToken); break;
                case SendChunk send: await output.ChunkAsync(send.Chunk, cancellationToken); break;
                case SendEvent send: await output.EventAsync(send.Data, cancellationToken); break;
                case SendComment send: await output.CommentAsync(send.Text, cancellationToken); break;
                case SendBytes send: await output.BytesAsync(send.Bytes, cancellationToken); break;
                case EchoMessage: await EchoAsync(output, cancellationToken); break;
                case Cut:
                    await output.FlushAsync(cancellationToken);
                    writer.Socket.Shutdown(SocketShutdown.Send);
                    return false;
                case Reset:
                    await output.FlushAsync(cancellationToken);
                    // Kestrel aborts with RST. A test checks that it still does.
                    context.Abort();
                    return false;
                default:
                    await output.FlushAsync(cancellationToken);
                    await WaitAsync(step, cancellationToken);
                    break;
            }
        }

        await output.EndAsync(cancellationToken);
        return true;
    }

    private IScriptOutput OutputFor(ResponseWriter writer, AnswerInfo answer, WriteStyle style)
    {
        if (!request.IsStreaming)
        {
            return new CompletionOutput(writer, chunks =>
                request.IsForResponses ? ResponsesEvents.Join(answer, chunks) : CompletionJson.Write(answer, chunks), style);
        }
        var stream = new EventStreamOutput(writer, request, answer, style);
        return request.IsForResponses ? new ResponsesStreamOutput(stream, new ResponsesEvents(answer)) : stream;
    }

    private async Task EchoAsync(IScriptOutput output, CancellationToken cancellationToken)
    {
        foreach (var word in request.EchoedWords)
            await output.ChunkAsync(new TextChunk(JsonText.Literal(word)), cancellationToken);
    }

    private Task WaitAsync(Step step, CancellationToken cancellationToken) => step switch
    {
        WaitAtGate wait => wait.Gate.WaitAsync(cancellationToken),
        WaitFor wait => Task.Delay(wait.Time, time, cancellationToken),
        Stall => Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken),
        _ => throw new InvalidOperationException($"No such step: {step.GetType().Name}"),
    };
}
