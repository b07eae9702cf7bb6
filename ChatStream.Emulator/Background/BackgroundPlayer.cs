using ChatStream.Emulator.Playback;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Background;

/// <summary>
/// Plays a script into a response, whether or not somebody reads that. A break in the script breaks the connections of those that
/// read, and the script goes on after it.
/// </summary>
internal sealed class BackgroundPlayer(BackgroundResponse response, TimeProvider time)
{
    public async Task PlayAsync(Script script, CancellationToken stopping)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, response.CancelToken);
        try
        {
            // What a script waits for before its headers comes before the first event.
            var waits = script.Steps.TakeWhile(step => step is WaitAtGate or WaitFor).ToList();
            foreach (var step in waits) await PlayAsync(step, ends.Token);
            response.Add(events => events.Begin());
            foreach (var step in script.Steps.Skip(waits.Count)) await PlayAsync(step, ends.Token);
            response.Add(events => events.IsEndDue ? [events.End()] : [], ends: true);
        }
        catch (OperationCanceledException)
        {
            // It was cancelled, or the emulator stops.
        }
        finally
        {
            response.End();
        }
    }

    private async Task PlayAsync(Step step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case SendChunk send: response.Add(events => events.Of(send.Chunk)); break;
            case SendEvent { Data: Script.DoneEvent }:
                response.Add(events => events.IsEndDue ? [events.End()] : [], ends: true);
                break;
            case SendEvent { Data: var data } when data.StartsWith("""{"error":{""", StringComparison.Ordinal):
                response.Add(events => [events.ErrorOf(data)]);
                break;
            case SendEvent { Data: var data }: response.Add(_ => [("", data)]); break;
            case EchoMessage:
                foreach (var word in response.Request.EchoedWords)
                    response.Add(events => events.Of(new TextChunk(JsonText.Literal(word))));
                break;
            case Cut: response.Break(isReset: false); break;
            case Reset: response.Break(isReset: true); break;
            case WaitAtGate wait: await wait.Gate.WaitAsync(cancellationToken); break;
            case WaitFor wait: await Task.Delay(wait.Time, time, cancellationToken); break;
            case Stall: await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken); break;
        }
    }
}
