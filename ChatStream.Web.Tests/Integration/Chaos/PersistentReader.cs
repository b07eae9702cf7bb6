using System.Net;
using System.Net.ServerSentEvents;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>
/// Reads one answer to its <c>stop</c> over as many connections as that takes, and keeps count of what it was sent.
/// </summary>
/// <param name="http">To the proxy, with the user's cookie.</param>
/// <param name="name">Of the connection with that number, for the proxy.</param>
internal sealed class PersistentReader(HttpClient http, Func<int, string> name)
{
    private readonly List<(int Frames, TaskCompletionSource Done)> _awaited = [];
    private readonly Lock _gate = new();
    private string? _generation;
    private int _first;
    private int _next;
    private bool _isStored;

    /// <summary>
    /// Whether it asks again, as it is told to, while the answer's instance cannot be reached. The answer may come as it is
    /// stored then.
    /// </summary>
    public bool IsPatient { get; init; }

    public List<Frame> Frames { get; } = [];

    public int Connections { get; private set; }

    /// <summary>Requests that were refused, because the answer's instance could not be reached.</summary>
    public int Refusals { get; private set; }

    /// <summary>Frames that were left out, or came after that.</summary>
    public int Lost { get; private set; }

    /// <summary>Frames that came more than once.</summary>
    public int Doubled { get; private set; }

    /// <summary>The number of the first frame that it asked for.</summary>
    public int First => _first;

    public int FramesSoFar
    {
        get { lock (_gate) return Frames.Count; }
    }

    public string GenerationId => _generation ?? throw new InvalidOperationException("No frame has come yet.");

    /// <summary>What it shows: a snapshot takes the place of all that came before.</summary>
    public string Text => string.Concat(
        Frames.Skip(Frames.FindLastIndex(frame => frame.Event == "snapshot"))
            .Where(frame => frame.Event is "message" or "snapshot").Select(frame => frame.Text));

    /// <summary>The frames of the running answer, without those of what is stored.</summary>
    public IEnumerable<Frame> Live => Frames.Where(frame => frame.Number[0] != 's');

    /// <summary>The reason of the end that it was told.</summary>
    public string End => Frames[^2].Json.GetProperty("reason").GetString()!;

    /// <summary>Completes when so many frames have come.</summary>
    public Task ReachedAsync(int frames)
    {
        lock (_gate)
        {
            if (Frames.Count >= frames)
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((frames, done));
            return done.Task;
        }
    }

    /// <summary>Starts the answer. The start is repeated with its key until the first frame is there.</summary>
    public Task StartAsync(string message, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        return ReadAsync(() => ChatClient.Post(new { message }, idempotencyKey: key), cancellationToken);
    }

    /// <summary>Joins an answer before frame <paramref name="first"/>.</summary>
    public Task JoinAsync(string generationId, int first, CancellationToken cancellationToken)
    {
        (_generation, _first, _next) = (generationId, first, first);
        return ReadAsync(start: null, cancellationToken);
    }

    private async Task ReadAsync(Func<HttpRequestMessage>? start, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var request = _generation is null ? start!() : Attach();
            request.Headers.Add(SeededFaults.Header, name(Connections++));
            try
            {
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (IsPatient && response.StatusCode == HttpStatusCode.ServiceUnavailable
                    && response.Headers.RetryAfter?.Delta is { } wait)
                {
                    Refusals++;
                    await Task.Delay(wait, TimeProvider.System, cancellationToken);
                    continue;
                }
                if (response.StatusCode != HttpStatusCode.OK)
                    throw new InvalidOperationException(
                        $"{request.RequestUri}: {(int)response.StatusCode} "
                        + $"{await response.Content.ReadAsStringAsync(cancellationToken)}");
                if (await ReadAsync(response, cancellationToken))
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
            {
                // Lost: the next one goes on after the last whole frame.
            }
        }
    }

    private async Task<bool> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            Take(new Frame(parser.LastEventId, item.EventType, item.Data));
            if (item.EventType == "stop")
                return true;
        }
        return false;
    }

    private void Take(Frame frame)
    {
        if (!FrameId.TryParse(frame.Id, out var id))
            throw new InvalidOperationException($"{frame.Id} is no id of a frame.");
        _generation ??= id.GenerationId;
        if (id.OfStoredAnswer && !_isStored)
            (_isStored, _next) = (true, 0); // they have numbers of their own
        if (id.Number < _next)
            Doubled++;
        else
            Lost += id.Number - _next;
        _next = id.Number + 1;
        lock (_gate)
        {
            Frames.Add(frame);
            foreach (var (_, done) in _awaited.Where(awaited => awaited.Frames <= Frames.Count))
                done.TrySetResult();
        }
    }

    private HttpRequestMessage Attach()
    {
        var request =
            new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{_generation}")
            {
                Headers = { { "Accept", "text/event-stream" } },
            };
        if (_next > 0)
            request.Headers.Add("Last-Event-ID", new FrameId(_generation!, _next - 1, _isStored).ToString());
        return request;
    }
}
