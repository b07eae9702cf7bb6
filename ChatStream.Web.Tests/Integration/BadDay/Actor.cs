using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Fairness;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>A client of one identity. The seed decides what it does.</summary>
internal sealed class Actor : IDisposable
{
    private const int MostTries = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly int _number;
    private readonly Random _random;
    private readonly Ledger _ledger;
    private readonly ChatClient _user;
    private readonly CancellationToken _dayEnds;
    private readonly List<AskedStart> _own = [];
    private int _asked;

    /// <param name="number">Of the client.</param>
    /// <param name="seed">Of the day.</param>
    /// <param name="server">The proxy in front of the app.</param>
    /// <param name="ledger">Takes notes.</param>
    /// <param name="dayEnds">Ends what it does.</param>
    public Actor(int number, int seed, Uri server, Ledger ledger, CancellationToken dayEnds)
    {
        (_number, _ledger, _dayEnds) = (number, ledger, dayEnds);
        _random = new Random((seed * 1_000) + number);
        _user = new ChatClient(server);
    }

    /// <summary>Gets the identity, before anything goes wrong.</summary>
    public Task IdentifyAsync() => _user.IdentifyAsync();

    public async Task LiveAsync()
    {
        while (!_dayEnds.IsCancellationRequested)
        {
            await TryAsync(() => _random.Next(12) switch
            {
                < 6 => AskAsync(),
                6 => AttachAsync(),
                7 => ImportAsync(),
                8 => DeleteAsync(),
                9 => GetAsync("/conversations?q=answer"),
                10 => GetAsync($"/conversations/{_own.LastOrDefault()?.ConversationId}/export?format=md"),
                _ => StopAsync(),
            });
            await TryAsync(() => Task.Delay(TimeSpan.FromMilliseconds(_random.Next(20, 400)), TimeProvider.System, _dayEnds));
        }
    }

    public void Dispose() => _user.Dispose();

    // A lost connection, a process that is gone and an impatient client are ordinary today.
    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            _ledger.Count("requests lost");
        }
        catch (JsonException fault)
        {
            _ledger.Broken.Add($"Client {_number} got what is not JSON: {fault.Message}");
        }
    }

    private async Task AskAsync()
    {
        var start = new AskedStart($"Actor {_number} asks {++_asked}", _user);
        var conversation = _random.Next(3) == 0 ? null : _own.LastOrDefault(own => !IsDeleted(own))?.ConversationId;
        object body = conversation is not null && _random.Next(4) == 0
            ? new { message = start.Message, conversationId = conversation, parentId = conversation } // edits the first message
            : new { message = start.Message, conversationId = conversation };
        var shape = _random.Next(4);
        _ledger.Starts.Add(start);
        _own.Add(start);
        for (var tries = 0; tries < MostTries && !_dayEnds.IsCancellationRequested; tries++)
        {
            var isFinal = false;
            await TryAsync(async () => isFinal = await StartAsync(start, Request(start, shape, body, conversation)));
            if (isFinal || start.GenerationIds.Count > 0)
                return;
            _ledger.Count("starts repeated");
            await TryAsync(() => Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, _dayEnds));
        }
    }

    private static HttpRequestMessage Request(AskedStart start, int shape, object body, string? conversation)
    {
        switch (shape)
        {
            case 0:
                return ChatClient.Post(body, "application/json", start.Key);
            case 1:
                var later = ChatClient.Post(body, "application/json", start.Key);
                later.Headers.Add("Prefer", "respond-async");
                return later;
            case 2:
                return new HttpRequestMessage(
                    HttpMethod.Get,
                    $"/chat/stream?message={Uri.EscapeDataString(start.Message)}&idempotencyKey={Uri.EscapeDataString(start.Key)}"
                    + (conversation is null ? "" : $"&conversationId={conversation}"))
                {
                    Headers = { { "Accept", "text/event-stream" } },
                };
            default:
                return ChatClient.Post(body, idempotencyKey: start.Key);
        }
    }

    // True if a repeat makes no sense.
    private async Task<bool> StartAsync(AskedStart start, HttpRequestMessage request)
    {
        using var patience = Impatient();
        using var response = await SendAsync(request, patience.Token);
        _ledger.Count($"starts answered {(int)response.StatusCode}");
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            var reader = new AnswerReader(start, _ledger);
            await TryAsync(() => ReadAsync(response, reader, patience.Token));
            await FollowAsync(start, reader);
            return false;
        }
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(patience.Token));
        if (json.RootElement.TryGetProperty("generationId", out var id)
            && json.RootElement.TryGetProperty("conversationId", out var conversation))
        {
            start.Acknowledge(id.GetString()!, conversation.GetString()!);
            if (json.RootElement.TryGetProperty("finishReason", out var reason))
                start.ToldEnds.Add(reason.GetString()!);
            return true;
        }
        if ((int)response.StatusCode is 422 or 500 or 400)
            _ledger.Broken.Add($"{start.Message}: {(int)response.StatusCode} {json.RootElement.GetRawText()}");
        return response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests);
    }

    // Reads on until the end, or leaves, or stops the answer.
    private async Task FollowAsync(AskedStart start, AnswerReader reader)
    {
        for (var tries = 0; tries < MostTries && !reader.IsOver && start.GenerationIds.Count > 0; tries++)
        {
            switch (_random.Next(12))
            {
                case 0:
                    _ledger.Count("readers that left");
                    return;
                case 1:
                    await TryAsync(() => StopAsync(start));
                    break;
            }
            await TryAsync(() => AttachAsync(start, reader));
        }
    }

    private async Task ReadAsync(HttpResponseMessage response, AnswerReader reader, CancellationToken patience)
    {
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync(patience));
        var leavesAfter = _random.Next(6) == 0 ? _random.Next(1, 60) : int.MaxValue;
        await foreach (var item in parser.EnumerateAsync(patience))
        {
            reader.Take(item);
            if (reader.IsOver || reader.Frames == leavesAfter)
                return;
        }
    }

    private async Task AttachAsync(AskedStart start, AnswerReader reader)
    {
        using var patience = Impatient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{start.GenerationIds[^1]}")
        {
            Headers = { { "Accept", "text/event-stream" } },
        };
        if (reader.LastId.Length > 0)
            request.Headers.Add("Last-Event-ID", reader.LastId);
        using var response = await SendAsync(request, patience.Token);
        _ledger.Count($"reconnects answered {(int)response.StatusCode}");
        if (response.StatusCode == HttpStatusCode.OK)
            await ReadAsync(response, reader, patience.Token);
        else if (response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.ServiceUnavailable)
            && !IsDeleted(start))
            _ledger.Broken.Add($"{start.Message}: a reconnect after {reader.LastId} is {(int)response.StatusCode}");
    }

    private async Task AttachAsync()
    {
        if (Acknowledged() is { } start)
            await AttachAsync(start, new AnswerReader(start, _ledger));
    }

    private Task StopAsync() => Acknowledged() is { } start ? StopAsync(start) : Task.CompletedTask;

    private async Task StopAsync(AskedStart start)
    {
        using var patience = Impatient();
        using var response =
            await _user.Http.PostAsync($"/chat/stream/{start.GenerationIds[^1]}/stop", content: null, patience.Token);
        _ledger.Count($"stops answered {(int)response.StatusCode}");
    }

    private async Task ImportAsync()
    {
        using var patience = Impatient();
        var body = BigConversation.Body($"Import of {_number}", _random.Next(2, 200), 40_000);
        var (status, imported) = await BigConversation.TryImportAsync(_user, body, patience.Token);
        if (imported is not null)
            _ledger.Imported.TryAdd(imported.Id, _user);
        _ledger.Count($"imports answered {(int)status}");
    }

    private async Task DeleteAsync()
    {
        if (_random.Next(3) > 0 || Acknowledged() is not { } start)
            return;
        using var patience = Impatient();
        _ledger.Deleted.TryAdd(start.ConversationId, true);
        using var response = await _user.Http.DeleteAsync($"/conversations/{start.ConversationId}", patience.Token);
        _ledger.Count($"deletes answered {(int)response.StatusCode}");
    }

    private async Task GetAsync(string path)
    {
        using var patience = Impatient();
        using var response = await _user.Http.GetAsync(path, patience.Token);
        await response.Content.CopyToAsync(Stream.Null, patience.Token);
        _ledger.Count($"looks answered {(int)response.StatusCode}");
    }

    // nginx has its own page for a request whose instance died before it responded. That is a lost one.
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken patience)
    {
        var response = await _user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience);
        if (response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout)
            || response.Content.Headers.ContentType?.MediaType != "text/html")
            return response;
        response.Dispose();
        throw new HttpRequestException($"nginx responded {(int)response.StatusCode}.");
    }

    private AskedStart? Acknowledged()
    {
        var all = _own.Where(own => own.GenerationIds.Count > 0 && !IsDeleted(own)).ToList();
        return all.Count == 0 ? null : all[_random.Next(all.Count)];
    }

    private bool IsDeleted(AskedStart start) =>
        start.ConversationId.Length == 0 || _ledger.Deleted.ContainsKey(start.ConversationId);

    private CancellationTokenSource Impatient()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(_dayEnds);
        patience.CancelAfter(Patience);
        return patience;
    }
}
