using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ChatStream.Emulator.Checks;
using ChatStream.Emulator.Playback;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Background;

/// <summary>The responses that are kept: created in the background, read again, cancelled.</summary>
internal sealed class BackgroundEndpoint(EmulatorOptions options, BackgroundResponses responses, CancellationToken stopping)
{
    /// <summary>Whether a request creates such a response.</summary>
    public static bool IsFor(EmulatedRequest request, Script script) =>
        request.IsBackground && script.Head.Status == StatusCodes.Status200OK;

    /// <summary>Creates a response, and answers with its events, or as it is now.</summary>
    /// <returns>Whether the client got all of it.</returns>
    public async Task<bool> CreateAsync(HttpContext context, EmulatedRequest request, Script script, AnswerInfo answer)
    {
        // The headers of the stream wait as the script says. What follows does not wait for the client.
        var response = responses.Add(answer.Id, request, new ResponsesEvents(answer with { IsBackground = true }));
        _ = new BackgroundPlayer(response, options.TimeProvider).PlayAsync(script, stopping);
        if (request.IsStreaming) return await StreamAsync(context, request, response, from: 0);
        await WriteAsync(context, response.Json);
        return true;
    }

    /// <summary><c>GET /responses/{id}</c>, with <c>stream</c> from an event on.</summary>
    public async Task ReadAsync(HttpContext context, bool isDated)
    {
        var request = new EmulatedRequest(context.Request, body: "");
        if (Refusal(context, request, isDated) is { } refusal)
        {
            await RefuseAsync(context, request, refusal);
            return;
        }
        var response = responses.Find(IdOf(context))!;
        if (request.Query.GetValueOrDefault("stream") != "true")
        {
            await WriteAsync(context, response.Json);
            return;
        }
        if (!response.IsStreamed)
        {
            await RefuseAsync(context, request, AzureErrors.InvalidRequest("Streaming is not enabled for this response."));
            return;
        }
        var after = -1L;
        if (request.Query.TryGetValue("starting_after", out var text)
            && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            await RefuseAsync(context, request, AzureErrors.InvalidRequest("Invalid 'starting_after': expected an integer."));
            return;
        }
        response.NoteResumed(after);
        if (!await StreamAsync(context, request, response, from: (int)Math.Min(after, int.MaxValue - 1L) + 1))
            await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, context.RequestAborted);
    }

    /// <summary><c>POST /responses/{id}/cancel</c>.</summary>
    public async Task CancelAsync(HttpContext context, bool isDated)
    {
        var request = new EmulatedRequest(context.Request, body: "");
        if (Refusal(context, request, isDated) is { } refusal)
        {
            await RefuseAsync(context, request, refusal);
            return;
        }
        var response = responses.Find(IdOf(context))!;
        response.Cancel();
        await WriteAsync(context, response.Json);
    }

    private Script? Refusal(HttpContext context, EmulatedRequest request, bool isDated) =>
        RequestCheck.RefusalOfAddress(request, isDated, options)
        ?? (responses.Find(IdOf(context)) is null ? AzureErrors.ResponseNotFound(IdOf(context)) : null);

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private Task<bool> RefuseAsync(HttpContext context, EmulatedRequest request, Script refusal) =>
        new ScriptPlayer(context, request, options.TimeProvider).PlayAsync(
            refusal, new AnswerInfo("", 0, options.Model, IncludesUsage: false, Padding: null), context.RequestAborted);

    private static Task WriteAsync(HttpContext context, string json)
    {
        ResponseHead.Answer.Apply(context.Response, "application/json");
        return new ResponseWriter(context).EndAsync(Encoding.UTF8.GetBytes(json));
    }

    private async Task<bool> StreamAsync(HttpContext context, EmulatedRequest request, BackgroundResponse response, int from)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        ResponseHead.Answer.Apply(context.Response, "text/event-stream; charset=utf-8");
        var writer = new ResponseWriter(context);
        await writer.FlushAsync(ends.Token);
        for (var number = from; ; number++)
        {
            var step = await response.NextAsync(number, ends.Token);
            if (step.Break is { } isReset)
            {
                if (isReset) context.Abort();
                else writer.Socket.Shutdown(SocketShutdown.Send);
                return false;
            }
            if (step.Event is not var (type, data)) break;
            var name = type.Length > 0 ? $"event: {type}\n" : "";
            await writer.WriteAsync(Encoding.UTF8.GetBytes($"{name}data: {data}\n\n"), ends.Token);
            request.CountEvents(1);
        }
        await writer.EndAsync(default);
        return true;
    }
}
