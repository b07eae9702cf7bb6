using System.Net.ServerSentEvents;
using System.Text.Json;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>One frame as a client sees it.</summary>
internal sealed record Frame(string? Id, string Event, string Data)
{
    public JsonElement Json => JsonDocument.Parse(Data).RootElement;

    public string? Text => Event is "message" or "reasoning" or "snapshot" ? Json.GetProperty("text").GetString() : null;

    /// <summary>The part of the id after the dot.</summary>
    public string Number => Id![(Id!.IndexOf('.', StringComparison.Ordinal) + 1)..];
}

/// <summary>A response that is read frame by frame, as it comes.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    // A missing frame fails its test and does not hang the run.
    private readonly CancellationTokenSource _cut =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.CurrentContext.CancellationToken);
    private readonly IAsyncEnumerator<SseItem<string>> _items;
    private readonly SseParser<string> _parser;

    private EventStream(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _parser = SseParser.Create(body);
        _items = _parser.EnumerateAsync(_cut.Token).GetAsyncEnumerator(_cut.Token);
    }

    public HttpResponseMessage Response { get; }

    public List<Frame> Frames { get; } = [];

    public string GenerationId => Frames[0].Json.GetProperty("generationId").GetString()!;

    public string ConversationId => Frames[0].Json.GetProperty("conversationId").GetString()!;

    public string Text => string.Concat(Frames.Where(frame => frame.Event == "message").Select(frame => frame.Text));

    public static async Task<EventStream> OpenAsync(HttpResponseMessage response) =>
        new(response, await response.Content.ReadAsStreamAsync());

    /// <summary>The next frame; null at the end of the response.</summary>
    public async Task<Frame?> NextAsync()
    {
        if (!await _items.MoveNextAsync())
            return null;
        var frame = new Frame(_parser.LastEventId, _items.Current.EventType, _items.Current.Data);
        Frames.Add(frame);
        return frame;
    }

    /// <summary>Reads up to and including the first frame that is meant.</summary>
    public async Task<Frame> UntilAsync(Func<Frame, bool> isMeant)
    {
        while (await NextAsync() is { } frame)
        {
            if (isMeant(frame))
                return frame;
        }
        throw new InvalidOperationException(
            $"The response ended first, after {Frames.Count} frames: {string.Join(" | ", Frames)}");
    }

    public Task<Frame> UntilEventAsync(string name) => UntilAsync(frame => frame.Event == name);

    /// <summary>Reads until the text has come: alone, within a larger frame, or in several frames.</summary>
    public Task<Frame> UntilTextAsync(string text) => UntilAsync(frame =>
        frame.Event == "message"
        && Text.LastIndexOf(text, StringComparison.Ordinal) is var place and >= 0
        && place + text.Length > Text.Length - frame.Text!.Length);

    /// <summary>Reads to the end of the response.</summary>
    public async Task<EventStream> ToEndAsync()
    {
        while (await NextAsync() is not null)
        {
        }
        return this;
    }

    /// <summary>Closes the connection in mid-answer, as a browser does when its tab is closed.</summary>
    public async Task CutAsync()
    {
        // A read that is pending when it is cancelled closes the socket at once.
        var pending = _items.MoveNextAsync();
        await _cut.CancelAsync();
        try
        {
            await pending;
        }
        catch (OperationCanceledException)
        {
        }
        Response.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _items.DisposeAsync();
        Response.Dispose();
        _cut.Dispose();
    }
}
